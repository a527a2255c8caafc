"""What the processes of one server share: seen by several in one process, and by processes of their own."""

from collections.abc import Callable
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Barrier
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fittrack_adapters.beside import Beside
from fittrack_adapters.neighbours import NOTE_BYTES, NOTES, SNAPSHOT, SNAPSHOT_BYTES, START, Neighbours
from fittrack_adapters.side_by_side import SharedCache
from fittrack_domain.shared.beside import RateLimit

LONG: Final = 60.0
LIMIT: Final = RateLimit("shared", 3_000, 60)
"""So many that no process is done before the others have begun; fewer than the notes that are kept."""


@pytest.fixture
def two() -> tuple[Neighbours, Neighbours]:
    first = Neighbours.of(2)
    return first, first.seen_by(1)


@given(st.lists(st.tuples(st.integers(0, 2), st.one_of(st.none(), st.binary(max_size=NOTE_BYTES))), max_size=60))
def test_every_note_is_heard_once_by_all_others_in_the_order_of_its_writer(
    turns: list[tuple[int, bytes | None]],
) -> None:
    """Each turn is of one process, which tells something or, with None, hears."""
    first = Neighbours.of(3)
    broadcasts = [first.seen_by(number).changes for number in range(3)]
    told: list[list[bytes]] = [[], [], []]
    heard: list[list[bytes | None]] = [[], [], []]
    for number, note in [*turns, *((number, None) for number in range(3))]:
        if note is None:
            heard[number] += broadcasts[number].hear()
        else:
            broadcasts[number].tell(note)
            told[number].append(note)
    for number in range(3):
        others = [other for other in range(3) if other != number]
        assert sorted(heard[number], key=str) == sorted([note for other in others for note in told[other]], key=str)
    if not told[2]:
        assert heard[0] == told[1]
        assert heard[1] == told[0]


def test_who_comes_later_reads_what_is_still_there() -> None:
    first = Neighbours.of(2)
    for number in range(NOTES + 5):
        first.calls.tell(b"%d" % number)
    heard = list(first.seen_by(1).calls.hear())
    assert NOTES - 1 == len(heard)
    assert (b"6", b"%d" % (NOTES + 4)) == (heard[0], heard[-1])


def test_whoever_listens_too_seldom_is_told_that_something_is_lost(two: tuple[Neighbours, Neighbours]) -> None:
    first, second = two
    second.changes.hear()
    for number in range(NOTES + 5):
        first.changes.tell(b"%d" % number)
    assert [None] == list(second.changes.hear())
    first.changes.tell(b"next")
    assert [b"next"] == list(second.changes.hear())


def test_too_long_a_note_or_snapshot_is_refused(two: tuple[Neighbours, Neighbours]) -> None:
    with pytest.raises(ValueError, match="54 bytes at most, not 55"):
        two[0].changes.tell(bytes(NOTE_BYTES + 1))
    with pytest.raises(ValueError, match="at most"):
        two[0].counts.write(bytes(SNAPSHOT_BYTES))
    assert [] == list(two[1].changes.hear())
    assert [] == two[1].counts.others()


def test_a_snapshot_that_is_being_written_is_read_as_it_was_before(two: tuple[Neighbours, Neighbours]) -> None:
    first, second = two
    first.counts.write(b"complete")
    assert [b"complete"] == second.counts.others()
    first.counts._own[SNAPSHOT.size] = ord("X")  # half of the next
    assert [b"complete"] == second.counts.others()
    first.counts.write(b"new")
    assert [b"new"] == second.counts.others()


def test_who_takes_anothers_place_finds_what_it_had_written(two: tuple[Neighbours, Neighbours]) -> None:
    first, second = two
    assert [] == second.counts.own()
    second.counts.write(b"counted")
    assert ([b"counted"], []) == (first.seen_by(1).counts.own(), first.counts.own())


def test_all_add_to_a_tally(two: tuple[Neighbours, Neighbours]) -> None:
    for each in (*two, two[0]):
        each.written.add()
    assert [3, 3] == [each.written.total() for each in two]


@pytest.mark.parametrize(
    "change", [lambda cache: cache.put("account", b"new", LONG), lambda cache: cache.drop("account")]
)
def test_what_one_process_changes_no_other_has_a_copy_of(
    two: tuple[Neighbours, Neighbours], change: Callable[[SharedCache], object]
) -> None:
    here, there = (SharedCache(each.changes) for each in two)
    there.put_new("account", b"old", LONG)
    there.put_new("another", b"kept", LONG)
    change(here)
    assert (None, b"kept") == (there.get("account"), there.get("another"))


def test_a_key_too_long_for_a_note_lets_all_be_forgotten(two: tuple[Neighbours, Neighbours]) -> None:
    here, there = (SharedCache(each.changes) for each in two)
    there.put_new("another", b"old", LONG)
    here.put("x" * 60, b"new", LONG)
    assert there.get("another") is None


def test_what_was_looked_up_before_a_change_elsewhere_is_not_kept(two: tuple[Neighbours, Neighbours]) -> None:
    here, there = (SharedCache(each.changes) for each in two)
    assert there.get("account") is None
    here.put("account", b"suspended", LONG)  # after the other has asked the store, and before it keeps the answer
    there.put_new("account", b"active", LONG)
    assert there.get("account") is None
    there.put_new("account", b"suspended", LONG)
    assert there.get("account") == b"suspended"


def test_calls_count_wherever_they_came_in(two: tuple[Neighbours, Neighbours]) -> None:
    limit = RateLimit("shared", 3, 60)
    here, there = (Beside(neighbours=each).rate_limiter for each in two)
    spent = [limiter.spend(limit, "ann") for limiter in (here, there, there, here, there)]
    assert [True, True, True, False, False] == [allowance.allowed for allowance in spent]
    assert [2, 1, 0, 0, 0] == [allowance.remaining for allowance in spent]
    assert there.spend(limit, "bob").allowed


def _call(neighbours: Neighbours, start: Barrier, outcomes: "SimpleQueue[int]") -> None:
    limiter = Beside(neighbours=neighbours).rate_limiter
    start.wait()
    outcomes.put(sum(limiter.spend(LIMIT, "ann").allowed for _ in range(LIMIT.calls)))


def test_processes_that_call_at_once_are_let_in_as_one_would_be() -> None:
    """But for one too many by each other process in the same instant."""
    first, start, outcomes = Neighbours.of(4), START.Barrier(4), START.SimpleQueue()
    processes = [START.Process(target=_call, args=(first.seen_by(number), start, outcomes)) for number in range(4)]
    for process in processes:
        process.start()
    allowed = [outcomes.get() for _ in processes]
    for process in processes:
        process.join()
    assert 1 < sum(map(bool, allowed)), "nobody met anybody"
    assert LIMIT.calls <= sum(allowed) < LIMIT.calls + len(processes)


def _ring(neighbours: Neighbours) -> None:
    for _ in range(100_000):  # more than a pipe holds
        neighbours.bell.ring()


def test_a_bell_never_keeps_who_rings_waiting() -> None:
    first = Neighbours.of(2)
    process = START.Process(target=_ring, args=(first.seen_by(1),))
    process.start()
    process.join(30)
    assert 0 == process.exitcode
    first.bell.quiet()
