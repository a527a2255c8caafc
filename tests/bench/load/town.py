"""The members that a load comes from: with a month behind them, points, days scored, and logged in."""

import json
import random
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import attrs

from fittrack_adapters.settings import Settings
from fittrack_adapters.store.migrate import migrate
from fittrack_adapters.store.sqlite import SqliteStore
from fittrack_adapters.testing.doubles import PlainHasher
from fittrack_adapters.wiring import open_fittrack
from fittrack_domain.access.model import Client
from fittrack_domain.app import FitTrack
from fittrack_domain.identity.admission import NewMember
from fittrack_domain.identity.model import Level, Sex
from fittrack_domain.shared.calendar import platform_day
from fittrack_domain.shared.ids import DrawingId, MemberId
from fittrack_domain.shared.money import Usd
from fittrack_domain.sweepstakes.drafts import DrawingDraft, PrizeDraft, SponsorDraft
from fittrack_domain.sweepstakes.model import DrawingType
from fittrack_domain.tracking.intake import Delivery
from fittrack_domain.tracking.model import ActivityReport, Intensity, Provider
from tests.bench.harness import MASTER_KEY, SetClock

MEMBERS = 5_000
"""At 100 requests a minute each, they may ask 8,300 times a second."""

DAYS_OF_ACTIVITY = 10
POINTS = 1_000_000
PASSWORD = "Correct-horse-1"
DRAWINGS = {DrawingType.DAILY: 1, DrawingType.WEEKLY: 7, DrawingType.MONTHLY: 25, DrawingType.ANNUAL: 200}
"""What is on sale, and how many days until it is drawn."""


@attrs.frozen
class Town:
    """Who may come with which token, and the drawing whose tickets they buy."""

    tokens: Sequence[str]
    drawing_id: str

    def save(self, path: Path) -> Path:
        path.write_text(json.dumps(attrs.asdict(self)))
        return path

    @classmethod
    def load(cls, path: Path) -> "Town":
        return cls(**json.loads(path.read_text()))


def built(database: Path) -> Town:
    """Fills a fresh database through the use cases, without waiting for the disk or for Argon2."""
    clock = SetClock(timedelta(days=-30))
    settings = Settings(database_url=f"sqlite:///{database}", master_key=MASTER_KEY)
    with open_fittrack(settings, clock=clock, hasher=PlainHasher(), durable=False) as installation:
        assert isinstance(installation.store, SqliteStore)
        migrate(installation.store)
        fittrack, chance = installation.fittrack, random.Random(1)
        members = [_member(fittrack, number, chance) for number in range(MEMBERS)]
        clock.ahead = timedelta(0)
        _let_them_walk(fittrack, members, chance)
        drawings = [_on_sale(fittrack, kind, days) for kind, days in DRAWINGS.items()]
        return Town([_logged_in(fittrack, number, member) for number, member in enumerate(members)], str(drawings[-1]))


def _member(fittrack: FitTrack, number: int, chance: random.Random) -> MemberId:
    new = NewMember(
        email=_email(number),
        date_of_birth=date(1950 + number % 55, 6, 15),
        state_of_residence="CA",
        display_name=f"Member {number}",
        biological_sex=(Sex.FEMALE, Sex.MALE)[number % 2],
        fitness_level=chance.choice(list(Level)),
    )
    return fittrack.identity.create_member(None, new).id


def _email(number: int) -> str:
    return f"member-{number}@example.com"


def _let_them_walk(fittrack: FitTrack, members: Sequence[MemberId], chance: random.Random) -> None:
    today = platform_day(fittrack.points.clock.now())
    days = [today - timedelta(days=ago) for ago in range(DAYS_OF_ACTIVITY)]
    for member in members:
        connection = fittrack.tracking.connect(member, Provider.FITBIT, connected_on=days[-1])
        reports = [report for day in days for report in _walked(day, chance)]
        fittrack.tracking.receive([Delivery(connection.id, tuple(reports))])
    fittrack.relay.drain()
    fittrack.competition.archive_due()  # or the server would begin with it


def _walked(day: date, chance: random.Random) -> Sequence[ActivityReport]:
    return (
        ActivityReport.of_steps(day, chance.randrange(25_000)),
        ActivityReport.of_minutes(day, Intensity.VIGOROUS, chance.randrange(60)),
    )


def _on_sale(fittrack: FitTrack, kind: DrawingType, days: int) -> DrawingId:
    sponsor = fittrack.catalogue.add_sponsor(None, SponsorDraft(name=f"Sponsor of the {kind.value} drawing"))
    prizes = (
        PrizeDraft(rank=1, name="Bicycle", value_usd=Usd.of("900.00"), sponsor_id=sponsor.id),
        PrizeDraft(rank=2, name="Water bottle", value_usd=Usd.of("25.00"), quantity=5),
    )
    at = (fittrack.drawings.clock.now() + timedelta(days=days)).replace(microsecond=0)
    draft = DrawingDraft(kind, f"The {kind.value} drawing", drawing_time=at, prizes=prizes)
    return fittrack.drawings.publish(None, fittrack.drawings.create(None, draft).id).id


def _logged_in(fittrack: FitTrack, number: int, member: MemberId) -> str:
    fittrack.points.adjust(None, member, POINTS, "To begin with", f"purse-{member}")
    fittrack.passwords.give(None, member, PASSWORD)
    return fittrack.sessions.log_in(_email(number), PASSWORD, Client("127.0.0.1")).tokens.access_token
