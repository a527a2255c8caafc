"""Whatever order the gateway's events come in, and however often, the same counts in the end."""

from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from fittrack_adapters.testing.terra import a_day, a_workout
from fittrack_domain.shared.ids import MemberId
from tests.domain.tracking.gated import Gated, a_gated_world, activity, auth, daily, failing, midnight, order, reauth
from tests.domain.tracking.world import NOON

TODAY = NOON.date()
RUN = ("2026-03-03T06:00:00-05:00", "2026-03-03T06:25:00-05:00")
WHOLE_RUN = ("2026-03-03T06:00:00-05:00", "2026-03-03T06:48:00-05:00")

Delivery = tuple[dict[str, Any], int]


def a_day_of_running(user: dict[str, Any]) -> list[Delivery]:
    """What a tracker sends in the course of a day, with its ordering timestamps: growing totals, a run, a mistake."""
    tomorrow = midnight(TODAY + timedelta(days=1))
    events = [
        auth(user),
        daily(user, a_day(tomorrow, 1_633, low_intensity_seconds=3_180)),
        activity(user, a_workout("run", *RUN)),
        daily(user, a_day(tomorrow, 5_681, low_intensity_seconds=7_000, vigorous_intensity_seconds=2_580)),
        activity(user, a_workout("run", *WHOLE_RUN), a_workout("drive", *RUN, type=0)),
        activity(user, a_workout("never", *RUN)),
        activity(user, a_workout("never", *RUN, upload_type=4)),
        daily(user, a_day(tomorrow, 12_024, low_intensity_seconds=17_520, vigorous_intensity_seconds=2_580)),
    ]
    return [(event, order(NOON, days=1, seconds=number)) for number, event in enumerate(events)]


def deliver(gated: Gated, deliveries: list[Delivery]) -> None:
    """Each under its own name, whatever it was sent for before."""
    for event, at in deliveries:
        gated.later(seconds=1)
        gated.send(event, order=at)


def outcome(gated: Gated, member: MemberId) -> list[tuple[Any, ...]]:
    """What counts, and what does not and why."""
    return sorted(
        (each.external_id, each.amount, each.state.value, str(each.reason), each.source_order, each.end_time)
        for each in gated.world.activities(member)
    )


EXPECTED = {
    "steps:2026-03-03": 12_024,
    "light_minutes:2026-03-03": 292,
    "vigorous_minutes:2026-03-03": 43,
    "workout:run": 48,
}


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_data_in_any_order_with_duplicates_and_late_retries(data: st.DataObject) -> None:
    gated = a_gated_world()
    member = gated.world.a_member()
    gated.later(days=1)
    deliveries = a_day_of_running(gated.joined(member))
    again = data.draw(st.lists(st.sampled_from(deliveries), max_size=6))
    deliver(gated, data.draw(st.permutations(deliveries + again)))
    found = {each.external_id: each.amount for each in gated.world.activities(member) if each.counts}
    assert EXPECTED == found
    in_order = a_gated_world()
    other = in_order.world.a_member()
    in_order.later(days=1)
    deliver(in_order, a_day_of_running(in_order.joined(other)))
    assert outcome(in_order, other) == outcome(gated, member)


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_a_new_sign_in_and_its_data_in_any_order(data: st.DataObject) -> None:
    """The member was connected before; the sign-in's event, the one that it replaces another, and data cross over."""
    gated = a_gated_world()
    member = gated.world.a_member()
    former = gated.follow(member)
    gated.later(days=1)
    gated.send(failing(former))
    user = gated.joined(member, "the same account")
    deliveries = [*a_day_of_running(user), (reauth(former, user), order(gated.now, seconds=20))]
    deliver(gated, data.draw(st.permutations(deliveries)))
    found = {each.external_id: each.amount for each in gated.world.activities(member) if each.counts}
    assert EXPECTED == found
    assert (user["user_id"], TODAY) == (gated.current(member), gated.connection(member).connected_on)
    assert all(event.processed_at for event in gated.events())
