"""What tests begin with, in one line each: an installation, a member with points, a drawing on sale."""

from datetime import date
from typing import Any

from fittrack_adapters.settings import Settings
from fittrack_adapters.store.memory import MemoryStore
from fittrack_adapters.store.migrate import migrate
from fittrack_adapters.testing.doubles import CountingIds, FixedEntropy, PlainHasher, StoppedClock
from fittrack_adapters.wiring import Installation, open_fittrack
from fittrack_domain.access.model import Client
from fittrack_domain.app import FitTrack
from fittrack_domain.identity.admission import NewMember
from fittrack_domain.identity.model import Level, Sex
from fittrack_domain.shared.ids import MemberId
from fittrack_domain.shared.money import Usd
from fittrack_domain.sweepstakes.drafts import DrawingDraft, PrizeDraft
from fittrack_domain.sweepstakes.model import Drawing, DrawingType, Eligibility
from fittrack_domain.tracking.gateway import TrackerGateway

PASSWORD = "Correct-horse-1"  # noqa: S105  # of members in tests


def an_installation(
    clock: StoppedClock, database_url: str = "memory://", seed: int = 0, gateway: TrackerGateway | None = None
) -> Installation:
    """A FitTrack, migrated and empty, with ids and chance that repeat themselves. Its master key is all zeros."""
    settings = Settings(database_url=database_url, master_key=bytes(32))
    installation = open_fittrack(
        settings,
        clock=clock,
        ids=CountingIds(clock, seed),
        entropy=FixedEntropy(seed),
        hasher=PlainHasher(),
        gateway=gateway,
    )
    if not isinstance(installation.store, MemoryStore):
        migrate(installation.store)
    return installation


def a_member(fittrack: FitTrack, name: str = "ann", *, points: int = 0, **stated: Any) -> MemberId:
    """An active member with a complete profile and, given by adjustment, some points."""
    new = {
        "email": f"{name}@example.com",
        "date_of_birth": date(1990, 6, 15),
        "state_of_residence": "CA",
        "display_name": f"{name} of Example",
        "biological_sex": Sex.FEMALE,
        "fitness_level": Level.INTERMEDIATE,
    }
    member_id = fittrack.identity.create_member(None, NewMember(**{**new, **stated})).id
    if points:
        fittrack.points.adjust(None, member_id, points, "to begin with", f"purse-{member_id}")
    return member_id


def a_token(fittrack: FitTrack, member_id: MemberId) -> str:
    """An access token of the member, who has `PASSWORD` for a password from now on."""
    fittrack.passwords.give(None, member_id, PASSWORD)
    email = fittrack.identity.member(member_id).account.email
    return fittrack.sessions.log_in(email, PASSWORD, Client("127.0.0.1")).tokens.access_token


def an_open_drawing(fittrack: FitTrack, **stated: Any) -> Drawing:
    """A published daily drawing with one prize and tickets on sale at 100 points, for accounts of any age."""
    draft = {
        "drawing_type": DrawingType.DAILY,
        "name": "Daily drawing",
        "eligibility": Eligibility(min_account_age_days=0),
        "prizes": (PrizeDraft(rank=1, name="Gift card", value_usd=Usd.of("25.00")),),
    }
    drawing = fittrack.drawings.create(None, DrawingDraft(**{**draft, **stated}))
    return fittrack.drawings.publish(None, drawing.id)
