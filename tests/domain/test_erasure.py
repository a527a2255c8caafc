"""Who left is forgotten in time, everywhere, and whatever rests on their id stays as it was."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import attrs
import pytest

from fittrack_adapters.store.gateway import LINKS, SIGN_INS, TRACKER_EVENTS
from fittrack_adapters.store.schema import tables
from fittrack_adapters.testing import FakeTerra, StoppedClock
from fittrack_adapters.testing.builders import PASSWORD
from fittrack_adapters.testing.terra import a_workout
from fittrack_domain.access.attempts import email_hash
from fittrack_domain.access.errors import WrongCredentials
from fittrack_domain.access.events import TokenDue
from fittrack_domain.access.model import Client, Purpose
from fittrack_domain.access.registration import NewAccount
from fittrack_domain.erasure import ERASED_AFTER
from fittrack_domain.fulfillment.address import Address
from fittrack_domain.fulfillment.errors import EmailNotConfirmed, NoAddress
from fittrack_domain.fulfillment.model import Fulfillment, FulfillmentStatus
from fittrack_domain.identity.admission import NewMember, ProfileEdit
from fittrack_domain.identity.errors import EmailTaken, MemberNotFound
from fittrack_domain.identity.model import NO_STATE, Level, Preferences, Sex, Status
from fittrack_domain.integrity.model import Outcome, ReviewKind
from fittrack_domain.shared.calendar import Period
from fittrack_domain.shared.ids import MemberId
from fittrack_domain.shared.paging import Paging
from fittrack_domain.sweepstakes.model import FulfillmentType
from fittrack_domain.tracking.intake import Delivery
from fittrack_domain.tracking.model import ActivityReport, Provider, SyncStatus
from tests.domain.notices.house import House
from tests.stores import MakeStore

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
EMAIL = "Zelda.Quux@example.com"
NAME = "Zelda the Unique"
BORN = date(1987, 8, 23)
HOME = Address("Zelda Quux", "77 Xyzzy Lane", None, "Plughville", "NV", "89577")
PERSONAL = (
    "zelda.quux@",  # in any case, and in any text
    NAME.casefold(),
    str(BORN),
    "xyzzy",
    "plughville",
    "tracker-zq-1",
    "zelda's phone",
    "192.0.2.77",
    "sister of mine",
    "her own words",
    "behind the hedge",
    email_hash(EMAIL),
)

IMPERSONAL = {
    "activity_looks",
    "idempotency_keys",
    "point_holds",
    "signing_keys",
    "sponsors",
    "standing_archives",
    "standing_steps",
}
"""Tables that a full life leaves empty, on one store or another: days, numbers and ids. All others are searched."""


@attrs.frozen
class Glass:
    """A sealer through which everything is seen, so that what lies sealed is found, too."""

    def seal(self, plain: bytes, purpose: str) -> bytes:
        return f"{purpose}: ".encode() + plain

    def unseal(self, sealed: bytes, purpose: str) -> bytes:
        return sealed.removeprefix(f"{purpose}: ".encode())

    def fingerprint(self, plain: bytes, purpose: str) -> str:
        return f"{purpose}: {plain.hex()}"[:64]


@pytest.fixture
def house(new_store: MakeStore) -> House:
    clock = StoppedClock(START)
    return House(new_store(clock), clock, gateway=FakeTerra(), sealer=Glass())


def texts(house: House) -> Iterator[tuple[str, str]]:
    """Every row of every table as text, in lower case, with the name of its table."""
    with house.store.reading() as tx:
        for table in tables():
            for row in tx.rows(table).where():
                yield table.name, json.dumps(attrs.asdict(row), default=_text, ensure_ascii=False).casefold()


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def found(house: House, *secrets: str) -> dict[str, set[str]]:
    """Which tables hold which of the personal data."""
    rows = list(texts(house))
    return {secret: {name for name, text in rows if secret in text} for secret in secrets}


def a_full_life(house: House) -> MemberId:
    """A member of whom everything is kept that can be: registered, active, a winner, suspended, heard, reinstated."""
    fittrack = house.fittrack
    new = NewAccount(
        email=EMAIL,
        password=PASSWORD,
        date_of_birth=BORN,
        state_of_residence="NV",
        accepted_terms=True,
        accepted_sweepstakes_rules=True,
    )
    zelda = fittrack.registration.register(new).id
    fittrack.registration.verify_email(token_of(house))
    fittrack.identity.edit_profile(zelda, ProfileEdit(NAME, "NV", Sex.FEMALE, Level.ADVANCED, 66, 140))
    fittrack.identity.prefer(Preferences(zelda, language="de", version=0))
    tracker = fittrack.tracking.connect(zelda, Provider.FITBIT, "tracker-zq-1", date(2026, 2, 1))
    day = START.date()
    fittrack.tracking.receive([Delivery(tracker.id, (ActivityReport.of_steps(day, 12_000),))])
    for email, password in ((EMAIL, "Wrong-password-1"), (EMAIL, PASSWORD)):
        try:
            fittrack.sessions.log_in(email, password, Client("192.0.2.77", "Zelda's phone"), "Zelda's phone")
        except WrongCredentials:
            continue
    house.told(zelda)
    fittrack.identity.suspend(None, zelda, "Two accounts")
    fittrack.reviews.appeal(token_of(house), "The other one is a sister of mine")
    [appeal] = fittrack.reviews.page(Paging(), kind=ReviewKind.APPEAL).items
    fittrack.reviews.resolve(None, appeal.id, Outcome.CLEARED, "Believed her own words")
    fittrack.identity.reinstate(None, zelda, "Cleared up")
    fittrack.passwords.forgot(EMAIL)
    house.told(zelda)
    return zelda


def a_phone(house: House, member_id: MemberId) -> str:
    """A tracker that the member signed in at the gateway, and that brought something: its name there."""
    fittrack, now = house.fittrack, house.clock.now()
    terra = fittrack.linking.gateway
    assert isinstance(terra, FakeTerra)
    begun = fittrack.linking.begin(member_id, Provider.APPLE_HEALTH)
    user = dict(terra.joined(begun.reference, "APPLE"))
    run = a_workout("a run", "2026-03-02T07:00:00-05:00", "2026-03-02T07:30:00-05:00", name="Round the hidden lake")
    for event in ({"type": "auth", "status": "success"}, {"type": "activity", "data": [run]}):
        fittrack.tracker_inbox.take_in(*terra.sent({**event, "user": user}, now))
        fittrack.relay.drain()
    assert fittrack.tracking.connection_at(member_id, Provider.APPLE_HEALTH).is_live
    return str(user["user_id"])


def a_prize(house: House, winner: MemberId, kind: FulfillmentType = FulfillmentType.PHYSICAL) -> Fulfillment:
    fittrack = house.fittrack
    fittrack.points.adjust(None, winner, 1_000, "to begin with", f"purse-{kind}")
    drawing_id = house.drawing(kind)
    fittrack.sweepstakes.buy_tickets(winner, drawing_id, 1)
    house.draw(drawing_id)
    [prize] = [each for each in fittrack.fulfillments.page(Paging()).items if each.drawing_id == drawing_id]
    if kind is FulfillmentType.PHYSICAL:
        fittrack.fulfillments.confirm_address(winner, prize.id, HOME)
        fittrack.fulfillments.annotate(None, prize.id, "Leave it behind the hedge")
    return prize


def token_of(house: House) -> str:
    """What the last mail brought."""
    [token] = [part for part in house.mails()[-1].body.split("\n\n") if " " not in part and len(part) == 43]
    return token


def gone(house: House, member_id: MemberId) -> None:
    """The member leaves, and their time is over."""
    house.fittrack.identity.leave(member_id)
    house.fittrack.relay.drain()
    house.clock.advance(ERASED_AFTER)


def test_no_table_tells_who_left(house: House) -> None:
    zelda = a_full_life(house)
    a_prize(house, zelda)
    phone = a_phone(house, zelda)
    house.told(zelda)
    secrets = (*PERSONAL, phone, phone.encode().hex()[:20], "hidden lake")
    assert [] == [secret for secret, places in found(house, *secrets).items() if not places], "the search finds them"
    assert set() == {table.name for table in tables()} - {name for name, _ in texts(house)} - IMPERSONAL
    gone(house, zelda)
    house.fittrack.syncing.run_due()
    assert [zelda] == house.fittrack.erasure.erase_due()
    house.fittrack.relay.drain()
    assert {secret: set() for secret in secrets} == found(house, *secrets)


def test_nothing_ties_their_trackers_to_the_gateway_any_more(house: House) -> None:
    zelda, fittrack = a_full_life(house), house.fittrack
    phone = a_phone(house, zelda)
    gone(house, zelda)
    fittrack.syncing.run_due()
    assert isinstance(fittrack.linking.gateway, FakeTerra)
    assert [phone] == fittrack.linking.gateway.revoked
    fittrack.erasure.erase_due()
    with house.store.reading() as tx:
        left = tx.rows(SIGN_INS).total(), tx.rows(LINKS).total(), tx.rows(TRACKER_EVENTS).total()
    assert (0, 0, 0) == left


def test_what_rests_on_the_id_stays(house: House) -> None:
    zelda = a_full_life(house)
    prize = a_prize(house, zelda)
    before = house.fittrack.points.balance(zelda)
    gone(house, zelda)
    house.fittrack.erasure.erase_due()
    fittrack = house.fittrack
    assert before == fittrack.points.balance(zelda)
    assert fittrack.points.verify().clean
    assert fittrack.audit.verify().whole
    assert 1 == fittrack.results.drawings_entered(zelda)
    assert (zelda, None, None) == (
        fittrack.fulfillments.get(prize.id).user_id,
        fittrack.fulfillments.get(prize.id).shipping_address,
        fittrack.fulfillments.get(prize.id).notes,
    )
    [tracker] = fittrack.tracking.connections(zelda)
    assert (SyncStatus.REVOKED, None) == (tracker.sync_status, tracker.tracker_user_key)
    [entry] = [each for each in fittrack.audit.page(Paging()).items if each.action == "member.erased"]
    assert (None, str(zelda), {}) == (entry.actor, entry.subject_id, entry.facts)


def test_everyone_who_reads_members_can_read_one_who_was_erased(house: House) -> None:
    zelda = a_full_life(house)
    a_prize(house, zelda)
    gone(house, zelda)
    fittrack = house.fittrack
    fittrack.erasure.erase_due()
    member = fittrack.identity.member(zelda)
    assert (Status.DELETED, house.clock.now(), NO_STATE, None) == (
        member.account.status,
        member.account.erased_at,
        member.profile.state_of_residence,
        member.profile.display_name,
    )
    assert zelda in [each.id for each in fittrack.identity.members(Paging()).items]
    [drawn] = fittrack.drawings.page(None, Paging()).items
    assert [None] == [win.display_name for win in fittrack.results.of(None, drawn.drawing.id).wins]
    assert not fittrack.competition.leaderboard(Period.MONTHLY, "F-30-39-ADV").page.items
    assert str(zelda) == fittrack.exports.of_member(zelda).profile["_id"]
    with pytest.raises(MemberNotFound):
        fittrack.competition.public_profile(zelda)
    with pytest.raises(WrongCredentials):
        fittrack.sessions.log_in(member.account.email, PASSWORD, Client("192.0.2.1"))
    fittrack.identity.leave(house.member("ann"))
    assert [] == fittrack.erasure.erase_due()


def test_the_email_and_the_name_are_free_again(house: House) -> None:
    zelda = a_full_life(house)
    fittrack = house.fittrack
    again = NewMember(EMAIL, BORN, "NV", NAME, Sex.FEMALE, Level.ADVANCED)
    fittrack.identity.leave(zelda)
    with pytest.raises(EmailTaken):
        fittrack.identity.create_member(None, again)
    house.clock.advance(ERASED_AFTER)
    fittrack.erasure.erase_due()
    back = fittrack.identity.create_member(None, again)
    assert back == fittrack.identity.member_by_email(EMAIL).account
    assert zelda != back.id
    with house.store.transaction() as tx:
        tx.record(TokenDue(back.id, Purpose.VERIFY_EMAIL))
    assert EMAIL == house.mails()[-1].recipient


def test_nobody_is_erased_early_or_twice(house: House) -> None:
    ann, bob = house.member("ann"), house.member("bob")
    fittrack = house.fittrack
    fittrack.identity.leave(ann)
    house.clock.advance(ERASED_AFTER - timedelta(seconds=1))
    fittrack.identity.delete(None, bob, "Asked to be")
    assert [] == fittrack.erasure.erase_due()
    house.clock.advance(timedelta(seconds=1))
    assert [ann] == fittrack.erasure.erase_due()
    assert [] == fittrack.erasure.erase_due()
    house.clock.advance(ERASED_AFTER)
    assert [bob] == fittrack.erasure.erase_due()


def test_two_jobs_at_once_erase_a_member_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    ann = house.member("ann")
    gone(house, ann)
    fittrack = house.fittrack
    with house.store.reading() as tx:
        rows = type(tx.accounts)
    monkeypatch.setattr(rows, "to_erase", lambda *_: [ann])
    assert [ann] == fittrack.erasure.erase_due()
    assert [] == fittrack.erasure.erase_due()


def test_whom_somebody_changes_at_that_moment_is_left_to_the_next_run(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, bob = house.member("ann"), house.member("bob")
    for member in (ann, bob):
        house.fittrack.identity.leave(member)
    house.clock.advance(ERASED_AFTER)
    with house.store.reading() as tx:
        rows = type(tx.profiles)
    read = rows.get

    def stale(profiles: Any, member_id: MemberId) -> Any:
        profile = read(profiles, member_id)
        return attrs.evolve(profile, version=profile.version + (member_id == ann))

    with monkeypatch.context() as patched:
        patched.setattr(rows, "get", stale)
        assert [bob] == house.fittrack.erasure.erase_due()
    assert [ann] == house.fittrack.erasure.erase_due()


def test_a_prize_that_was_to_be_shipped_passes_on_in_time(house: House) -> None:
    zelda = a_full_life(house)
    prize = a_prize(house, zelda)
    gone(house, zelda)
    fulfillments = house.fittrack.fulfillments
    house.fittrack.erasure.erase_due()
    left = fulfillments.get(prize.id)
    assert (FulfillmentStatus.ADDRESS_INVALID, None) == (left.status, left.shipping_address)
    with pytest.raises(NoAddress):
        fulfillments.address(house.member("ida"), prize.id)
    house.later(days=14)
    assert [prize.id] == fulfillments.sweep().forfeited


def test_a_digital_prize_is_not_sent_to_nobody(house: House) -> None:
    zelda = a_full_life(house)
    prize = a_prize(house, zelda, FulfillmentType.DIGITAL)
    gone(house, zelda)
    house.fittrack.erasure.erase_due()
    with pytest.raises(EmailNotConfirmed):
        house.fittrack.fulfillments.send(None, prize.id, "GIFT-1")
