"""`fittrack draw`: the drawing protocol offline, without database, settings or network."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from fittrack_cli.files import an_input, read
from fittrack_cli.output import AsJson, complain, example, print_facts, print_json, progress, warn

if TYPE_CHECKING:
    from fittrack_domain.sweepstakes.draw.verify import CheckSignature, Verification

app = typer.Typer(no_args_is_help=True, help="Check drawings offline: no database, no settings, no network.")

WARNINGS: Final = {
    "seed_lost": "the seed was lost; zeros took its place, and the beacon alone decided",
    "late_closing": "the closing came too late for its round of the beacon; a later round decided: ask why",
    "no_beacon": "no public randomness was used: the result rests on trust in the operator",
    "beacon_not_verified": "the signature was not checked: install fittrack[drand], or compare with two relays",
}


@app.command(
    epilog=example(
        "fittrack drawings proof DRAWING > bundle.json",
        "fittrack draw verify bundle.json",
        "fittrack draw verify bundle.json --snapshot snapshot.bin --log log.json --json",
    )
)
def verify(
    bundle: Annotated[Path, an_input("BUNDLE", "The public records of a drawing; - for stdin.")],
    snapshot: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The snapshot file, to be checked against them.")
    ] = None,
    log: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The public log, a JSON list of its entries.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check that a drawing was fair, from its public records alone.

    Computes the winners anew and checks every hash, proof and signature. Ends with 1 and the first reason when anything
    is wrong. Warnings tell what everyone should know about a valid drawing all the same.
    """
    from fittrack_domain.sweepstakes.draw.errors import Malformed, NotValid

    try:
        with progress("Verifying the drawing"):
            verification = _verified(bundle, snapshot, log)
    except (Malformed, NotValid) as error:
        step, reason = (error.step, error.reason) if isinstance(error, NotValid) else (None, str(error))
        if as_json:
            print_json({"valid": False, "step": step, "reason": reason})
        else:
            complain(f"The drawing is NOT valid. {error}")
        raise typer.Exit(1) from None
    if as_json:
        print_json(_as_document(verification))
        return
    _print(verification)


def _verified(bundle: Path, snapshot: Path | None, log: Path | None) -> "Verification":
    from fittrack_domain.sweepstakes.draw.encoding import loads
    from fittrack_domain.sweepstakes.draw.errors import NotValid
    from fittrack_domain.sweepstakes.draw.verify import verify as verified

    logged = None if log is None else loads(read(log))
    if not isinstance(logged, list | None):
        raise NotValid(11, "the log is not a list of entries")
    return verified(
        loads(read(bundle)),
        snapshot=None if snapshot is None else read(snapshot),
        log=logged,
        check_signature=signature_check(),
    )


def signature_check() -> "CheckSignature | None":
    """The check of the beacon's signatures; None without the extra `drand`."""
    try:
        from fittrack_adapters.beacon.bls import check_signature
    except ModuleNotFoundError:
        return None
    return check_signature


def _as_document(verification: "Verification") -> dict[str, Any]:
    from fittrack_domain.sweepstakes.draw.records import draw_record

    return {
        "valid": True,
        "drawingId": verification.drawing_id,
        "status": verification.status,
        "resultHash": verification.result_hash,
        "draws": [draw_record(each) for each in verification.draws],
        "warnings": verification.warnings,
    }


def _print(verification: "Verification") -> None:
    print_facts(
        {
            "The drawing is": "valid",
            "Drawing": verification.drawing_id,
            "Status": verification.status,
            "Draws": len(verification.draws),
            "Result hash": verification.result_hash,
        }
    )
    for warning in verification.warnings:
        warn(f"{warning}: {WARNINGS[warning]}")


@app.command(epilog=example("fittrack draw replay case.json", "fittrack draw replay - < case.json"))
def replay(
    case: Annotated[
        Path, an_input("CASE", "A JSON object with terms, seed, members, round and beacon_signature; - for stdin.")
    ],
    _json: AsJson = False,
) -> None:
    """Close, draw and verify a drawing from its inputs.

    Prints all its records as one JSON document, with or without --json.

    The input has the form of `input` in the vectors of the drawing protocol, the output that of `expected`: closing,
    result, proofs, the entry of every member, and their hashes, in the protocol's own spelling.
    """
    from fittrack_domain.sweepstakes.draw.encoding import loads
    from fittrack_domain.sweepstakes.draw.errors import NotValid
    from fittrack_domain.sweepstakes.draw.replay import replay as replayed

    try:
        records = replayed(loads(read(case)), check_signature=signature_check())
    except NotValid as error:
        complain(f"These inputs make no valid drawing. {error}")
        raise typer.Exit(1) from None
    print_json(records)
