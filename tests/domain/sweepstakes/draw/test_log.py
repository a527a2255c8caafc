from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from fittrack_domain.sweepstakes.draw.awards import awards_for
from fittrack_domain.sweepstakes.draw.errors import NotValid
from fittrack_domain.sweepstakes.draw.log import LogEntry, LoggedKind, checked_log, entry_hash, log_entry
from fittrack_domain.sweepstakes.draw.records import record_hash, void_record
from fittrack_domain.sweepstakes.draw.terms import time_of_round
from fittrack_domain.sweepstakes.draw.verify import verify
from tests.domain.sweepstakes.draw.forging import DRAW_AT, DRAWING, forged, is_beacons, some_terms

OTHER = UUID(int=5)
BUNDLE = forged()
NO_BEACON = forged(some_terms(beacon=None))
Written = tuple[LoggedKind, UUID, Any, int]


def logged(*written: Written) -> list[LogEntry]:
    entries: list[LogEntry] = []
    for kind, drawing_id, record, at in written:
        last = entries[-1] if entries else None
        entries.append(log_entry(last, at=at, kind=kind, drawing_id=drawing_id, record_hash=record_hash(kind, record)))
    return entries


def story(bundle: dict[str, Any] = BUNDLE, closed_at: int = DRAW_AT - 200) -> list[Written]:
    award = awards_for(bundle["result"], [], {1: "unclaimed"})[0]
    return [
        ("terms", OTHER, {"another": "drawing"}, DRAW_AT - 100_000),
        ("terms", DRAWING, bundle["terms"], DRAW_AT - 90_000),
        ("void", OTHER, void_record(OTHER, "no sponsor"), DRAW_AT - 80_000),
        ("closing", DRAWING, bundle["closing"], closed_at),
        ("result", DRAWING, bundle["result"], DRAW_AT + 20),
        ("award", DRAWING, award, DRAW_AT + 1_300_000),
    ]


def refused(log: Any, bundle: dict[str, Any] = BUNDLE) -> int | None:
    with pytest.raises(NotValid) as refusal:
        verify(bundle, log=log, check_signature=is_beacons)
    return refusal.value.step


def test_a_drawing_is_found_in_a_whole_log() -> None:
    assert () == verify(BUNDLE, log=iter(logged(*story())), check_signature=is_beacons).warnings


def test_the_chain_starts_with_zeros_and_carries_on_the_hash_before() -> None:
    log = logged(*story())
    assert "0" * 64 == log[0]["prev"]
    assert [entry_hash(entry) for entry in log[:-1]] == [entry["prev"] for entry in log[1:]]
    assert list(range(1, 7)) == [entry["seq"] for entry in log]
    assert log == checked_log(log)


@pytest.mark.parametrize("missing", range(5))
def test_a_log_with_an_entry_cut_out_is_refused(missing: int) -> None:
    log = logged(*story())
    assert 11 == refused([*log[:missing], *log[missing + 1 :]])


@pytest.mark.parametrize("repeated", range(6))
def test_a_log_with_an_entry_repeated_is_refused(repeated: int) -> None:
    log = logged(*story())
    assert 11 == refused([*log[: repeated + 1], *log[repeated:]])


@pytest.mark.parametrize("place", range(5))
@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("at", 1),
        ("kind", "award"),
        ("drawing_id", str(UUID(int=9))),
        ("hash", "00" * 32),
        ("seq", 77),
        ("prev", "11" * 32),
    ],
)
def test_a_log_with_an_entry_changed_is_refused(place: int, member: str, value: object) -> None:
    log: list[Any] = logged(*story())
    log[place] = {**log[place], member: value}
    assert 11 == refused(log)


@pytest.mark.parametrize("entry", [None, 1, {}, {"seq": 1}, [], {**logged(*story())[0], "surplus": 1}])
def test_what_is_no_log_entry_is_refused(entry: object) -> None:
    assert 11 == refused([entry, *logged(*story())[1:]])


@pytest.mark.parametrize(
    "told",
    [
        lambda _: [],
        lambda written: written[:1],
        lambda written: written[:3],
        lambda written: written[:4],
        lambda written: [*written, written[1]],
        lambda written: [*written, written[3]],
        lambda written: [*written, written[4]],
        lambda written: [*written[:4], ("void", DRAWING, void_record(DRAWING, "oops"), DRAW_AT), *written[4:]],
        lambda written: [written[3], written[1], written[4]],
        lambda written: [("terms", DRAWING, some_terms(alternates=9), 1), *written[2:]],
    ],
)
def test_a_whole_log_with_another_story_is_refused(told: Callable[[list[Written]], list[Written]]) -> None:
    assert 11 == refused(logged(*told(story())))


def test_a_closing_logged_when_its_round_was_known_is_refused() -> None:
    due = time_of_round(some_terms()["beacon"]["round"])
    verify(BUNDLE, log=logged(*story(closed_at=due - 1)), check_signature=is_beacons)
    assert 11 == refused(logged(*story(closed_at=due)))


def test_without_a_beacon_the_closing_may_be_logged_at_any_time() -> None:
    log = logged(*story(NO_BEACON, closed_at=DRAW_AT + 100))
    assert ("no_beacon",) == verify(NO_BEACON, log=log, check_signature=is_beacons).warnings
