"""`fittrack drawings`: looking at drawings, their results and their proofs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal
from uuid import UUID

import typer

from fittrack_cli import drawing_plans, drawing_steps, tickets
from fittrack_cli.drawing_plans import TypeName
from fittrack_cli.drawing_shapes import LIST_COLUMNS, drawing_document, list_cells, print_drawing, print_outcome
from fittrack_cli.drawing_steps import DrawingArgument
from fittrack_cli.files import write
from fittrack_cli.installation import reading
from fittrack_cli.output import AsJson, example, json_bytes, print_json, progress, say
from fittrack_cli.paging import PageLimit, PageNumber, print_page
from fittrack_cli.people import MemberOption, member_id

if TYPE_CHECKING:
    from fittrack_domain.app import FitTrack
    from fittrack_domain.shared.ids import DrawingId

app = typer.Typer(no_args_is_help=True, help="Drawings from the first plan to the proof.")
app.add_typer(drawing_plans.app)
app.add_typer(drawing_steps.app)
app.add_typer(tickets.app)

StatusName = Literal["draft", "scheduled", "open", "closed", "completed", "cancelled"]


@app.command("list", epilog=example("fittrack drawings list --status open", "fittrack drawings list --json"))
def list_(
    status: Annotated[StatusName | None, typer.Option(help="Only those.")] = None,
    drawing_type: Annotated[TypeName | None, typer.Option("--type", help="Only those.")] = None,
    page: PageNumber = 1,
    limit: PageLimit = 100,
    as_json: AsJson = False,
) -> None:
    """List drawings, drafts too, the latest drawing time first."""
    from fittrack_domain.shared.paging import Paging
    from fittrack_domain.sweepstakes.model import DrawingStatus, DrawingType

    with reading() as fittrack:
        found = fittrack.drawings.page(
            None,
            Paging(page, limit),
            status=None if status is None else DrawingStatus(status),
            drawing_type=None if drawing_type is None else DrawingType(drawing_type),
            drafts=True,
        )
    print_page(found, LIST_COLUMNS, list_cells, drawing_document, as_json=as_json)


@app.command(epilog=example("fittrack drawings show DRAWING", "fittrack drawings show DRAWING --member 2022484408"))
def show(drawing: DrawingArgument, member: MemberOption = None, as_json: AsJson = False) -> None:
    """Show a drawing with its prizes.

    With --member also that member's tickets, and what keeps them out.
    """
    from fittrack_domain.shared.ids import DrawingId

    with reading() as fittrack:
        viewer = None if member is None else member_id(fittrack, member)
        view = fittrack.drawings.get(viewer, DrawingId(drawing), drafts=True)
    print_drawing(view, as_json=as_json)


@app.command(epilog=example("fittrack drawings results DRAWING"))
def results(drawing: DrawingArgument, as_json: AsJson = False) -> None:
    """Show who won what.

    Those to whom a forfeited prize has passed are there too.
    """
    from fittrack_domain.shared.ids import DrawingId

    with reading() as fittrack:
        outcome = fittrack.results.of(None, DrawingId(drawing))
    print_outcome(outcome, as_json=as_json)


@app.command(
    epilog=example(
        "fittrack drawings proof DRAWING > bundle.json",
        "fittrack drawings proof DRAWING --snapshot snapshot.bin --log log.json > bundle.json",
        "fittrack drawings proof DRAWING --member jo@example.com --entry ENTRY",
    )
)
def proof(
    drawing: DrawingArgument,
    snapshot: Annotated[Path | None, typer.Option(metavar="FILE", help="Also write the snapshot file there.")] = None,
    log: Annotated[Path | None, typer.Option(metavar="FILE", help="Also write the public log there.")] = None,
    member: MemberOption = None,
    entry: Annotated[UUID | None, typer.Option(metavar="ENTRY", help="With --member: one of their entries.")] = None,
    _json: AsJson = False,
) -> None:
    """Print the public records of a drawing.

    They are the bundle that `fittrack draw verify` takes. With --member and --entry, instead, the proof that this entry
    is among the tickets, for that member's eyes only.

    The output is one JSON document in the drawing protocol's own spelling, with or without --json.
    """
    from fittrack_domain.shared.ids import DrawingId, EntryId

    if (member is None) is not (entry is None):
        raise typer.BadParameter("--member and --entry go together.")
    drawing_id = DrawingId(drawing)
    with reading() as fittrack, progress("Reading the records"):
        if member is not None and entry is not None:
            found = fittrack.proofs.entry_proof(member_id(fittrack, member), drawing_id, EntryId(entry))
            print_json({"firstTicket": found.first, "lastTicket": found.last, "proof": found.proof})
            return
        bundle = fittrack.proofs.bundle(drawing_id)
        _write_more(fittrack, drawing_id, snapshot, log)
    print_json(bundle)


def _write_more(fittrack: "FitTrack", drawing_id: "DrawingId", snapshot: Path | None, log: Path | None) -> None:
    if snapshot is not None:
        write(snapshot, fittrack.proofs.snapshot(drawing_id))
        say(f"The snapshot is in {snapshot}.")
    if log is not None:
        write(log, [json_bytes(fittrack.proofs.whole_log())])
        say(f"The public log is in {log}.")
