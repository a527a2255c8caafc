"""The vectors and the small values of the protocol's section 17."""

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from uuid import UUID

import pytest

from fittrack_domain.sweepstakes.draw.encoding import canonical, tagged_hash
from fittrack_domain.sweepstakes.draw.records import Pseudonyms, holder
from fittrack_domain.sweepstakes.draw.replay import replay
from fittrack_domain.sweepstakes.draw.selection import uniform_below, words
from fittrack_domain.sweepstakes.draw.terms import first_round_at_or_after, seed_commitment
from fittrack_domain.sweepstakes.draw.tree import SumTree, leaf

VECTORS = sorted(Path(__file__).parent.glob("vectors/*.json"))
DRAWING = UUID("00112233-4455-4677-8899-aabbccddeeff")
MEMBER = UUID("0f1e2d3c-4b5a-4968-8776-655443322110")
SEED = bytes(range(32))
SALT = bytes(range(32, 64))
KEY = bytes(range(32))


def test_there_are_three_vectors() -> None:
    assert ["one-prize-per-member", "single-ticket", "ten-tickets-three-prizes"] == [path.stem for path in VECTORS]


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_a_vector_is_replayed_to_the_byte(path: Path) -> None:
    case = json.loads(path.read_text())
    replayed = replay(case["input"], check_signature=lambda *_: True)

    # The vectors show the entries of the first, the middle and the last member only.
    shown = [entry["member_id"] for entry in case["expected"]["entries"]]
    entries = [entry for entry in replayed["entries"] if entry["member_id"] in shown]

    assert len(case["input"]["members"]) == len(replayed["entries"])
    assert canonical(case["expected"]) == canonical({**replayed, "entries": entries})


def test_the_seed_tag_and_the_commitment() -> None:
    assert "bcae68c463a01836dc287b90bfbf0bc93aaf794f7e7994fc7e94de224b3ad79f" == tagged_hash("seed", b"").hex()
    assert "42c2e203be0df37fce656fc1865d1173bfa46d0d3ff17e46da4456f07f152607" == seed_commitment(DRAWING, SEED)


def test_the_holder_and_the_salt() -> None:
    expected = "294970624770ce67a75179d00f70dba526c235030d0416882becfdde5fe48dac"
    pseudonyms = Pseudonyms(DRAWING, bytes(32))
    salt = pseudonyms.salt(MEMBER)

    assert expected == holder(DRAWING, SALT, MEMBER).hex()
    assert "f6b8ad2b7aaebc725e1c3affb0887a2302ddade64b40fc06adfe1f3abc610e0a" == salt.hex()
    assert holder(DRAWING, salt, MEMBER) == pseudonyms.holder(MEMBER)


def test_the_canonical_example() -> None:
    value = {"b": [1, True, None], "a": 'é "x"\n', "A": {}}
    expected = "7b2241223a7b7d2c2261223a22c3a9205c22785c225c6e222c2262223a5b312c747275652c6e756c6c5d7d"
    assert expected == canonical(value).hex()


def test_the_leaves_and_tops() -> None:
    blocks = [(3, bytes([1]) * 32), (1, bytes([2]) * 32), (4, bytes([3]) * 32)]
    assert [
        "0000000000000003b6c9909f525c1fb173d4cc28ce4241599fc1cbf125d1c354d87c1473a5c0ae83",
        "0000000000000001a0fecd983b29ef5a98000ebf067454fa8a6b9315ef3f21775acd6c48254b2930",
        "0000000000000004dceb66589e023dd46087e0267b024c4c5529a3d73002169fd81e57e18afaeed2",
    ] == [leaf(*block).hex() for block in blocks]
    assert (
        "0000000000000004cee853a34dab2408d5b0845e01534786fad5d3fb189dda8e461635e25d0a908e"
        == SumTree.of(blocks[:2]).top.hex()
    )
    assert (
        "00000000000000089f91f91d225ea161fe2ab1e8d1a5df136a18e46859fdfa196118e820c11da0ab"
        == SumTree.of(blocks).top.hex()
    )


def test_the_first_words() -> None:
    expected = [0x9F0CD9B94097FE49, 0xC432E059C378EEF7, 0xF92AD613CD014C74, 0x96CEE9F29E43C395]
    assert expected == list(islice(words(KEY), 4))


@pytest.mark.parametrize(
    ("bound", "numbers", "words_used"),
    [
        (1, [0, 0, 0, 0, 0, 0, 0, 0], 8),
        (10, [9, 9, 1, 6, 2, 0, 5, 1], 16),
        (1000, [636, 784, 996, 603, 992, 116, 414, 884], 8),
        (1025, [233, 828, 322, 11, 729, 173, 675, 851], 20),
    ],
)
def test_uniform_integers_and_the_words_they_cost(bound: int, numbers: list[int], words_used: int) -> None:
    used: list[int] = []

    def counted() -> Iterator[int]:
        for word in words(KEY):
            used.append(word)
            yield word

    stream = counted()
    assert numbers == [uniform_below(bound, stream) for _ in range(8)]
    assert words_used == len(used)


@pytest.mark.parametrize(("at", "number"), [(1692803367, 1), (1692803368, 2), (1692803370, 2), (1776643200, 27946612)])
def test_the_first_round_at_or_after_a_time(at: int, number: int) -> None:
    assert number == first_round_at_or_after(at)
