"""Bundles that are consistent throughout and cheat exactly once."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest

from fittrack_domain.sweepstakes.draw.encoding import u64
from fittrack_domain.sweepstakes.draw.errors import NotValid
from fittrack_domain.sweepstakes.draw.records import record_hash
from fittrack_domain.sweepstakes.draw.selection import words
from fittrack_domain.sweepstakes.draw.terms import seed_commitment
from fittrack_domain.sweepstakes.draw.verify import verify
from tests.domain.sweepstakes.draw.forging import (
    DRAW_AT,
    DRAWING,
    SEED,
    SOLD,
    a_prize,
    beacon_signature,
    forged,
    is_beacons,
    some_terms,
)

ROUND = some_terms()["beacon"]["round"]
PRIZE_SLOTS = [(1, 1), (3, 1), (3, 2)]


def own_chain(**changes: Any) -> dict[str, Any]:
    return some_terms(beacon={**some_terms()["beacon"], **changes})


def first_word_skipped(key: bytes) -> Iterator[int]:
    stream = words(key)
    next(stream)
    return stream


def spelled_in_capitals() -> dict[str, Any]:
    bundle = forged(sold=[(1, b"\xaa" * 32), (1, b"\xbb" * 32)])
    bundle["result"]["draws"][1]["holder"] = bundle["result"]["draws"][1]["holder"].upper()
    return bundle


def with_result(bundle: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {**bundle, "result": {**bundle["result"], **changes}}


def reclosed(bundle: dict[str, Any], **changes: Any) -> dict[str, Any]:
    closing: Any = {**bundle["closing"], **changes}
    return with_result({**bundle, "closing": closing}, closing_hash=record_hash("closing", closing))


def without_last_draw() -> dict[str, Any]:
    bundle = forged()
    return with_result({**bundle, "proofs": bundle["proofs"][:-1]}, draws=bundle["result"]["draws"][:-1])


CHEATS: dict[str, tuple[int, Callable[[], dict[str, Any]]]] = {
    "a second spelling of a holder": (1, spelled_in_capitals),
    "a drawing with the records of another": (
        1,
        lambda: {**forged(), "terms": some_terms(drawing_id=str(UUID(int=1)))},
    ),
    "round off the schedule in the terms": (2, lambda: forged(own_chain(round=ROUND + 1))),
    "earlier round in the terms": (2, lambda: forged(own_chain(round=ROUND - 1))),
    "a chain of one's own": (2, lambda: forged(own_chain(chain_hash="00" * 32))),
    "a key of one's own": (2, lambda: forged(own_chain(public_key="00" * 96))),
    "a scheme of one's own": (2, lambda: forged(own_chain(scheme="bls-unchained-on-g1"))),
    "another clock": (2, lambda: forged(own_chain(genesis_time=1))),
    "another kind of beacon": (2, lambda: forged(own_chain(kind="nist"))),
    "equal ranks": (2, lambda: forged(some_terms(prizes=[a_prize(1, 1), a_prize(1, 1)]))),
    "terms of a closing replaced": (3, lambda: {**forged(), "terms": some_terms(alternates=3)}),
    "closing replaced": (3, lambda: {**forged(), "closing": forged(sold=SOLD[::-1])["closing"]}),
    "seed of another commitment": (4, lambda: forged(closing_changes={"seed": "11" * 32})),
    "commitment of another drawing": (
        4,
        lambda: forged(some_terms(seed_commitment=seed_commitment(UUID(int=1), SEED))),
    ),
    "neither beacon nor seed": (4, lambda: forged(some_terms(beacon=None), closing_changes={"seed": None})),
    "round off the schedule": (5, lambda: forged(closing_changes={"round": ROUND + 1})),
    "earlier round": (5, lambda: forged(closing_changes={"round": ROUND - 1200})),
    "beacon announced and not used": (5, lambda: forged(closing_changes={"round": None})),
    "beacon used and not announced": (5, lambda: forged(some_terms(beacon=None), closing_changes={"round": ROUND})),
    "signature without a beacon": (
        5,
        lambda: with_result(forged(some_terms(beacon=None)), beacon_signature=beacon_signature(1)),
    ),
    "something sold and cancelled": (
        6,
        lambda: reclosed(forged(), tickets=0, blocks=0, root=forged(sold=[])["closing"]["root"]),
    ),
    "nothing sold and drawn": (6, lambda: with_result(forged(sold=[]), status="drawn")),
    "nothing sold and a signature": (6, lambda: with_result(forged(sold=[]), beacon_signature=beacon_signature(ROUND))),
    "nothing sold and a proof": (6, lambda: {**forged(sold=[]), "proofs": forged()["proofs"][:1]}),
    "nothing sold and fewer prizes": (6, lambda: with_result(forged(sold=[]), unawarded=2)),
    "blocks without tickets": (6, lambda: reclosed(forged(sold=[]), blocks=1)),
    "a root without tickets": (6, lambda: reclosed(forged(sold=[]), root="00" * 32)),
    "signature of another round": (7, lambda: forged(signature=lambda _: beacon_signature(ROUND + 1))),
    "signature withheld": (7, lambda: with_result(forged(), beacon_signature=None)),
    "tickets without blocks": (8, lambda: forged(closing_changes={"blocks": 0})),
    "more blocks than tickets": (8, lambda: forged(closing_changes={"blocks": 11})),
    "total above the tree's": (8, lambda: forged(closing_changes={"tickets": 15})),
    "total below the tree's": (8, lambda: forged(closing_changes={"tickets": 9})),
    "one holder in two blocks": (
        8,
        lambda: forged(some_terms(max_wins_per_holder=1), [*SOLD[:3], (2, SOLD[0][1])]),
    ),
    "one holder in two blocks of one size": (8, lambda: forged(sold=[(1, b"a" * 32), (1, b"a" * 32)])),
    "a proof missing": (8, lambda: {**forged(), "proofs": forged()["proofs"][:-1]}),
    "proofs in another order": (8, lambda: {**forged(), "proofs": forged()["proofs"][::-1]}),
    "first word skipped": (8, lambda: forged(words=first_word_skipped)),
    "first word skipped with one block": (9, lambda: forged(sold=SOLD[:1], words=first_word_skipped)),
    "limit ignored": (8, lambda: forged(some_terms(max_wins_per_holder=1), limit=0)),
    "limit ignored with one block": (9, lambda: forged(some_terms(max_wins_per_holder=2), SOLD[:1], limit=0)),
    "a limit that the terms do not have": (9, lambda: forged(sold=SOLD[:1], limit=1)),
    "ranks in reverse": (9, lambda: forged(drawn_slots=[(3, 1), (3, 2), (1, 1), (0, 1), (0, 2)])),
    "alternates first": (9, lambda: forged(drawn_slots=[(0, 1), (0, 2), *PRIZE_SLOTS])),
    "fewer alternates": (9, lambda: forged(drawn_slots=[*PRIZE_SLOTS, (0, 1)])),
    "more alternates": (9, lambda: forged(drawn_slots=[*PRIZE_SLOTS, (0, 1), (0, 2), (0, 3)])),
    "fewer prizes": (9, lambda: forged(drawn_slots=[(1, 1), (3, 1), (0, 1), (0, 2)])),
    "last draw dropped": (9, without_last_draw),
    "sold and called cancelled": (9, lambda: with_result(forged(), status="cancelled_no_tickets")),
    "sold, cancelled and empty": (
        9,
        lambda: with_result({**forged(), "proofs": []}, status="cancelled_no_tickets", draws=[], unawarded=3),
    ),
    "awarded prizes called unawarded": (9, lambda: with_result(forged(), unawarded=1)),
    "unawarded prizes called awarded": (
        9,
        lambda: with_result(forged(some_terms(prizes=[a_prize(1, 15)])), unawarded=0),
    ),
}


@pytest.mark.parametrize("name", CHEATS)
def test_a_cheat_is_refused(name: str) -> None:
    step, cheat = CHEATS[name]
    with pytest.raises(NotValid) as refusal:
        verify(cheat(), check_signature=is_beacons)
    assert step == refusal.value.step


def test_the_toolkit_is_honest_when_it_does_not_cheat() -> None:
    for bundle in (forged(), forged(some_terms(beacon=None)), forged(sold=[]), forged(sold=SOLD[:1])):
        verify(bundle, check_signature=is_beacons)


def test_a_relay_that_invents_a_beacon_is_refused() -> None:
    invented = forged(signature=lambda number: (u64(number) * 6).hex())
    verify(invented)
    with pytest.raises(NotValid) as refusal:
        verify(invented, check_signature=is_beacons)
    assert 7 == refusal.value.step


def test_another_draw_time_moves_the_round() -> None:
    moved = some_terms(draw_at=DRAW_AT + 3)
    with pytest.raises(NotValid) as refusal:
        verify(forged(moved), check_signature=is_beacons)
    assert (2, str(DRAWING)) == (refusal.value.step, moved["drawing_id"])
