"""The command line in this process, over a database in which something has happened already."""

import json
import shutil
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest
import structlog
from typer.testing import CliRunner, Result

from fittrack_adapters.testing.builders import a_member, an_installation, an_open_drawing
from fittrack_adapters.testing.doubles import StoppedClock
from fittrack_cli.main import app
from fittrack_domain.app import FitTrack
from fittrack_domain.identity.model import Role
from fittrack_domain.shared.money import Usd
from fittrack_domain.sweepstakes.drafts import DrawingDraft, PrizeDraft, SponsorDraft
from fittrack_domain.sweepstakes.model import DrawingType, FulfillmentType
from fittrack_domain.tracking.intake import Delivery
from fittrack_domain.tracking.model import ActivityReport, Intensity, Provider

LONG_AGO = datetime(2024, 3, 4, 12, tzinfo=UTC)
DAY = date(2024, 3, 3)
KEY = "00" * 32


@attrs.frozen
class Cli:
    """Runs commands. `env` names the database."""

    env: Mapping[str, str]

    def __call__(self, *words: object, typed: str | None = None) -> Result:
        """Runs one and gives its outcome; a traceback fails the test."""
        result = CliRunner().invoke(app, [str(word) for word in words], env=dict(self.env), input=typed)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def text(self, *words: object) -> str:
        """What a successful command prints."""
        result = self(*words)
        assert (0, "") == (result.exit_code, result.stderr)
        return result.stdout

    def json(self, *words: object) -> Any:
        """The document that a successful command prints; nothing else is on stdout, and nothing on stderr."""
        return json.loads(self.text(*words, "--json"))

    def refusal(self, *words: object) -> str:
        """The one line of a command that fails (1) and prints nothing else."""
        result = self(*words)
        assert (1, "") == (result.exit_code, result.stdout)
        assert 1 == result.stderr.count("\n")
        return result.stderr

    def misuse(self, *words: object) -> str:
        """What a command says whose input is wrong (2)."""
        result = self(*words)
        assert (2, "") == (result.exit_code, result.stdout)
        return result.stderr


@attrs.frozen
class Town:
    """Who and what there is, by id. `entry` is ann's in `drawn`."""

    ann: str
    drawn: str
    due: str
    draft: str
    entry: str


def _settle(fittrack: FitTrack, clock: StoppedClock) -> Town:
    """Three members with tickets in a drawing that is over and in one whose time has passed; an admin; a draft."""
    ann, bob, carl = (a_member(fittrack, name, points=5_000) for name in ("ann", "bob", "carl"))
    fittrack.identity.set_role(None, a_member(fittrack, "ida"), Role.ADMIN)
    connection = fittrack.tracking.connect(ann, Provider.FITBIT, "1001", DAY)
    reports = (ActivityReport.of_steps(DAY, 12_024), ActivityReport.of_minutes(DAY, Intensity.VIGOROUS, 40))
    fittrack.tracking.receive([Delivery(connection.id, reports)])
    acme = fittrack.catalogue.add_sponsor(None, SponsorDraft("Acme")).id
    prizes = (
        PrizeDraft(rank=1, name="Watch", value_usd=Usd.of("249.00"), sponsor_id=acme),
        PrizeDraft(rank=2, name="Card", value_usd=Usd.of("25.00"), fulfillment_type=FulfillmentType.DIGITAL),
    )
    in_2100 = datetime(2100, 1, 1, tzinfo=UTC)
    draft = fittrack.drawings.create(None, DrawingDraft(DrawingType.ANNUAL, "Draft", drawing_time=in_2100))
    drawn, due = (an_open_drawing(fittrack, name=name, prizes=prizes).id for name in ("Drawn", "Due"))
    for drawing in (due, drawn):
        for member in (carl, bob, ann):
            entry = fittrack.sweepstakes.buy_tickets(member, drawing, 3).entry_id
    clock.advance(timedelta(days=2))
    fittrack.draws.execute(drawn)
    fittrack.relay.drain()
    return Town(*map(str, (ann, drawn, due, draft.id, entry)))


@pytest.fixture(scope="session")
def settled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Town]:
    """The database that tests get copies of."""
    path = tmp_path_factory.mktemp("settled") / "fittrack.db"
    clock = StoppedClock(LONG_AGO)
    with an_installation(clock, f"sqlite:///{path}") as installation:
        return path, _settle(installation.fittrack, clock)


@pytest.fixture
def town(settled: tuple[Path, Town]) -> Town:
    return settled[1]


@pytest.fixture
def cli(settled: tuple[Path, Town], tmp_path: Path) -> Iterator[Cli]:
    """Commands on a database of this test's own."""
    path = tmp_path / "fittrack.db"
    shutil.copy(settled[0], path)
    yield Cli({"FITTRACK_DATABASE_URL": f"sqlite:///{path}", "FITTRACK_MASTER_KEY": KEY})
    structlog.reset_defaults()  # the streams of the commands are gone


@pytest.fixture
def nowhere(tmp_path: Path) -> Iterator[Cli]:
    """Commands on a database that is not there yet."""
    path = tmp_path / "new" / "fittrack.db"
    yield Cli({"FITTRACK_DATABASE_URL": f"sqlite:///{path}", "FITTRACK_MASTER_KEY": KEY})
    structlog.reset_defaults()
