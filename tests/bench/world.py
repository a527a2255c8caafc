"""Members with points and a drawing on sale, made through the use cases."""

from datetime import date, timedelta

from fittrack_domain.identity.admission import NewMember
from fittrack_domain.identity.model import Level, Sex
from fittrack_domain.points import ledger
from fittrack_domain.points.ledger import Purpose
from fittrack_domain.shared.ids import DrawingId, MemberId
from fittrack_domain.shared.money import Usd
from fittrack_domain.sweepstakes.drafts import DrawingDraft, PrizeDraft
from fittrack_domain.sweepstakes.model import DrawingType
from tests.bench.harness import Bench

POINTS = 1_000_000


def some_members(bench: Bench, count: int) -> list[MemberId]:
    """Members who joined a month ago and have plenty of points."""
    bench.clock.ahead = timedelta(days=-30)
    members = [_member(bench, f"member-{number}") for number in range(count)]
    bench.clock.ahead = timedelta(0)
    return members


def _member(bench: Bench, name: str) -> MemberId:
    fittrack = bench.installation.fittrack
    new = NewMember(f"{name}@example.com", date(1990, 6, 15), "CA", name, Sex.FEMALE, Level.ADVANCED)
    member_id = fittrack.identity.create_member(None, new).id
    with bench.installation.store.transaction() as tx:
        purpose = Purpose("bench", member_id, "To begin with")
        ledger.bonus(tx, fittrack.points.ids, bench.clock.now(), member_id, POINTS, purpose)
    return member_id


def a_drawing_on_sale(bench: Bench, prize_units: int = 1) -> DrawingId:
    """On sale for a week."""
    drawings = bench.installation.fittrack.drawings
    prize = PrizeDraft(1, "Water bottle", Usd.of("25.00"), quantity=prize_units)
    at = (bench.clock.now() + timedelta(days=7)).replace(microsecond=0)
    draft = DrawingDraft(DrawingType.DAILY, "Drawing of the bench", drawing_time=at, prizes=(prize,))
    return drawings.publish(None, drawings.create(None, draft).id).id
