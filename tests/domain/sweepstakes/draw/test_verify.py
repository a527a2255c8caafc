from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest

from fittrack_domain.sweepstakes.draw.encoding import INTEGER_MAX, canonical, loads, u64
from fittrack_domain.sweepstakes.draw.errors import NotValid
from fittrack_domain.sweepstakes.draw.records import (
    Pseudonyms,
    closing_record,
    draw,
    entry_record,
    proof_record,
    record_hash,
    result_record,
)
from fittrack_domain.sweepstakes.draw.selection import Block
from fittrack_domain.sweepstakes.draw.terms import checked_terms, closing_round, time_of_round
from fittrack_domain.sweepstakes.draw.tree import Paths, SumTree
from fittrack_domain.sweepstakes.draw.verify import verify, verify_entry
from tests.domain.sweepstakes.draw.forging import (
    DRAW_AT,
    DRAWING,
    SEED,
    SOLD,
    a_prize,
    beacon_signature,
    forged,
    is_beacons,
    many_sold,
    snapshot_file,
    some_terms,
)

MEMBERS = [UUID(int=number) for number in range(1, 5)]


def refused(*args: Any, **options: Any) -> int | None:
    """The step at which a bundle is refused."""
    with pytest.raises(NotValid) as refusal:
        verify(*args, **{"check_signature": is_beacons, **options})
    assert str(refusal.value)
    return refusal.value.step


def test_an_honest_drawing_is_valid_without_any_warning() -> None:
    bundle = forged()
    verification = verify(bundle, snapshot=snapshot_file(SOLD), check_signature=is_beacons)

    assert () == verification.warnings
    assert (DRAWING, "drawn") == (verification.drawing_id, verification.status)
    assert record_hash("result", bundle["result"]) == verification.result_hash
    assert [draw["ticket"] for draw in bundle["result"]["draws"]] == [draw.ticket for draw in verification.draws]
    assert 5 == len(verification.draws)


def test_a_bundle_may_come_as_json_text() -> None:
    assert () == verify(loads(canonical(forged())), check_signature=is_beacons).warnings


@pytest.mark.parametrize("limit", [0, 1, 2, 3])
def test_a_drawing_of_many_members_is_valid(limit: int) -> None:
    sold = many_sold(700)
    terms = some_terms(prizes=[a_prize(2, 300)], alternates=500, max_wins_per_holder=limit)
    verification = verify(forged(terms, sold), snapshot=snapshot_file(sold), check_signature=is_beacons)
    assert (700 if limit == 1 else 800) == len(verification.draws)


def test_what_the_service_publishes_is_valid() -> None:
    pseudonyms = Pseudonyms(DRAWING, b"k" * 32)
    blocks = [(2 + at, pseudonyms.holder(member)) for at, member in enumerate(MEMBERS)]
    terms = checked_terms(some_terms())
    tree = SumTree.of(blocks)
    closing = closing_record(terms, tree, SEED, closing_round(terms, DRAW_AT - 200))
    assert closing["round"] is not None
    signature = beacon_signature(closing["round"])
    firsts = [1, 3, 6, 10]

    def number_of(ticket: int) -> int:
        return max(at for at, first in enumerate(firsts) if first <= ticket)

    def block_of(ticket: int) -> Block:
        return Block(firsts[number_of(ticket)], *blocks[number_of(ticket)])

    draws = draw(terms, closing, signature, block_of)
    paths = Paths(tree.chunks)
    bundle = {
        "terms": terms,
        "closing": closing,
        "result": result_record(terms, closing, signature, draws),
        "proofs": [
            proof_record(block_of(each.ticket).ticket_count, paths.path(blocks, number_of(each.ticket)))
            for each in draws
        ],
    }
    assert tuple(draws) == verify(bundle, check_signature=is_beacons).draws

    entries = [
        entry_record(member, pseudonyms.salt(member), 2 + at, paths.path(blocks, at))
        for at, member in enumerate(MEMBERS)
    ]
    owned = [verify_entry(closing, entry, terms) for entry in entries]
    assert [range(1, 3), range(3, 6), range(6, 10), range(10, 15)] == owned


def test_an_unchecked_signature_is_reported() -> None:
    assert ("beacon_not_verified",) == verify(forged()).warnings


def test_a_lost_seed_is_reported() -> None:
    bundle = forged(closing_changes={"seed": None})
    assert ("seed_lost",) == verify(bundle, check_signature=is_beacons).warnings


@pytest.mark.parametrize("retries", [1, 2, 50])
def test_a_late_closing_is_reported(retries: int) -> None:
    due = some_terms()["beacon"]["round"]
    bundle = forged(closing_changes={"round": due + 1200 * retries})
    assert ("late_closing",) == verify(bundle, check_signature=is_beacons).warnings


def test_a_drawing_without_a_beacon_is_reported() -> None:
    bundle = forged(some_terms(beacon=None))
    assert ("no_beacon",) == verify(bundle, check_signature=is_beacons).warnings


def test_a_lost_seed_and_a_late_closing_are_both_reported() -> None:
    due = some_terms()["beacon"]["round"]
    bundle = forged(closing_changes={"round": due + 1200, "seed": None})
    assert ("seed_lost", "late_closing", "beacon_not_verified") == verify(bundle).warnings


@pytest.mark.parametrize("terms", [some_terms(), some_terms(beacon=None)], ids=["beacon", "no beacon"])
def test_a_drawing_without_tickets_is_cancelled(terms: dict[str, Any]) -> None:
    bundle = forged(terms, [])
    verification = verify(bundle, snapshot=b"")
    assert ("cancelled_no_tickets", ()) == (verification.status, verification.draws)
    assert (3, None) == (bundle["result"]["unawarded"], bundle["result"]["beacon_signature"])


def test_prizes_without_tickets_stay_unawarded() -> None:
    bundle = forged(some_terms(prizes=[a_prize(1, 15)]))
    assert (10, 5) == (len(bundle["result"]["draws"]), bundle["result"]["unawarded"])
    assert 10 == len(verify(bundle, check_signature=is_beacons).draws)


def test_huge_numbers_in_the_terms_cost_nothing() -> None:
    terms = some_terms(
        prizes=[a_prize(1, INTEGER_MAX), a_prize(INTEGER_MAX, 1)], alternates=INTEGER_MAX, max_wins_per_holder=1
    )
    assert 4 == len(verify(forged(terms), check_signature=is_beacons).draws)
    bundle = forged(terms)
    bundle["closing"]["tickets"] = INTEGER_MAX
    bundle["result"]["closing_hash"] = record_hash("closing", bundle["closing"])
    assert refused(bundle) in (8, 9)


@pytest.mark.parametrize(
    "snapshot",
    [
        b"",
        snapshot_file(SOLD)[:-1],
        snapshot_file(SOLD)[:-40],
        snapshot_file(SOLD) + snapshot_file(SOLD[:1]),
        snapshot_file(SOLD[::-1]),
        snapshot_file([(4, SOLD[0][1]), *SOLD[1:]]),
        snapshot_file([(10, SOLD[0][1]), (0, b"e" * 32), (0, b"f" * 32), (0, b"g" * 32)]),
        u64(2**64 - 1) + snapshot_file(SOLD)[8:],
        snapshot_file([*SOLD[:3], (2, SOLD[0][1])]),
    ],
)
def test_another_snapshot_file_is_refused(snapshot: bytes) -> None:
    assert 10 == refused(forged(), snapshot=snapshot)


def test_a_holder_with_two_blocks_is_found_in_the_snapshot_file_even_if_not_drawn() -> None:
    sold = [*SOLD, (1000, b"e" * 32), (1, SOLD[0][1])]
    bundle = forged(some_terms(prizes=[a_prize(1, 1)], alternates=0), sold)
    assert 1 == len(verify(bundle, check_signature=is_beacons).draws)
    assert 10 == refused(bundle, snapshot=snapshot_file(sold))


def an_entry(members: Sequence[UUID] = MEMBERS) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    pseudonyms = Pseudonyms(DRAWING, b"k" * 32)
    blocks = [(5, pseudonyms.holder(member)) for member in members]
    tree, terms = SumTree.of(blocks), some_terms()
    closing: Any = closing_record(checked_terms(terms), tree, SEED, terms["beacon"]["round"])
    entry: Any = entry_record(members[1], pseudonyms.salt(members[1]), 5, Paths(tree.chunks).path(blocks, 1))
    return closing, entry, terms


def test_a_member_finds_their_own_tickets_and_further_members_of_an_entry_do_not_matter() -> None:
    closing, entry, terms = an_entry()
    assert range(6, 11) == verify_entry(closing, {**entry, "first": 6, "last": 10}, terms)


@pytest.mark.parametrize(
    ("step", "changes"),
    [
        (8, {"member_id": str(MEMBERS[0])}),
        (8, {"salt": "00" * 32}),
        (8, {"count": 6}),
        (8, {"path": []}),
        (1, {"path": None}),
        (1, {"path": [["L", 1, "00" * 32]] * 65}),
        (1, {"salt": "0" * 63 + "A"}),
        (1, {"member_id": MEMBERS[0].hex}),
        (1, {"count": True}),
    ],
)
def test_an_entry_of_someone_else_or_with_other_tickets_is_refused(step: int, changes: dict[str, Any]) -> None:
    closing, entry, terms = an_entry()
    with pytest.raises(NotValid) as refusal:
        verify_entry(closing, {**entry, **changes}, terms)
    assert step == refusal.value.step


@pytest.mark.parametrize(
    ("step", "closing_changes", "terms_changes"),
    [
        (1, {"surplus": 1}, {}),
        (2, {}, {"alternates": -1}),
        (3, {}, {"alternates": 3}),
        (3, {}, {"drawing_id": str(MEMBERS[0])}),
        (3, {"drawing_id": str(MEMBERS[0])}, {}),
        (8, {"tickets": 19}, {}),
    ],
)
def test_an_entry_is_checked_against_the_closing_of_the_terms_only(
    step: int, closing_changes: dict[str, Any], terms_changes: dict[str, Any]
) -> None:
    closing, entry, terms = an_entry()
    with pytest.raises(NotValid) as refusal:
        verify_entry({**closing, **closing_changes}, entry, {**terms, **terms_changes})
    assert step == refusal.value.step


def test_a_closing_with_a_seed_that_was_not_committed_to_is_never_made() -> None:
    with pytest.raises(NotValid) as refusal:
        closing_record(checked_terms(some_terms()), SumTree.of(SOLD), bytes(32), 1)
    assert 4 == refusal.value.step


def test_the_time_of_a_round_follows_from_its_number() -> None:
    assert 1_692_803_367 == time_of_round(1)
    assert DRAW_AT <= time_of_round(some_terms()["beacon"]["round"]) < DRAW_AT + 3
