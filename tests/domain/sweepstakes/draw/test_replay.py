import json
from pathlib import Path
from typing import Any

import pytest

from fittrack_domain.sweepstakes.draw.encoding import INTEGER_MAX
from fittrack_domain.sweepstakes.draw.errors import Malformed, NotValid
from fittrack_domain.sweepstakes.draw.replay import replay
from fittrack_domain.sweepstakes.draw.verify import verify_entry


def a_case(**changes: Any) -> dict[str, Any]:
    vector = Path(__file__).parent / "vectors" / "ten-tickets-three-prizes.json"
    return {**json.loads(vector.read_text())["input"], **changes}


def with_terms(**changes: Any) -> dict[str, Any]:
    return a_case(terms={**a_case()["terms"], **changes})


def test_a_replay_takes_the_signature_as_given_and_says_so() -> None:
    assert ["beacon_not_verified"] == replay(a_case())["warnings"]
    assert ["seed_lost", "late_closing"] == replay(a_case(seed=None, round=2200), check_signature=lambda *_: True)[
        "warnings"
    ]


def test_every_member_finds_their_tickets_in_a_replay() -> None:
    case = a_case()
    replayed = replay(case)
    for entry in replayed["entries"]:
        owned = verify_entry(replayed["closing"], entry, case["terms"])
        assert range(entry["first"], entry["last"] + 1) == owned


def test_a_replay_without_members_is_a_cancellation() -> None:
    replayed = replay(a_case(members=[]))
    assert "cancelled_no_tickets" == replayed["result"]["status"]
    assert (None, None, None) == (replayed["key"], replayed["beacon_value"], replayed["result"]["beacon_signature"])
    assert ([], []) == (replayed["proofs"], replayed["entries"])


@pytest.mark.parametrize(
    "case",
    [
        None,
        {},
        a_case(surplus=1),
        a_case(seed="00"),
        a_case(round=True),
        a_case(members=None),
        a_case(members=a_case()["members"] * 2),
        a_case(members=[{**member, "count": 0} for member in a_case()["members"]]),
        a_case(members=[{**member, "count": INTEGER_MAX} for member in a_case()["members"]]),
        with_terms(alternates=-1),
    ],
)
def test_what_is_no_case_is_refused(case: object) -> None:
    with pytest.raises(Malformed):
        replay(case)


def test_a_replay_is_bounded() -> None:
    members = [{**member, "count": 10**6} for member in a_case()["members"]]
    case = a_case(members=members, terms={**a_case()["terms"], "alternates": 10**6})
    with pytest.raises(Malformed) as refusal:
        replay(case)
    assert "/terms" == refusal.value.pointer


@pytest.mark.parametrize(
    ("step", "case"),
    [
        (4, a_case(seed="00" * 32)),
        (5, a_case(round=1001)),
        (7, a_case(beacon_signature=None)),
    ],
)
def test_a_case_that_cannot_be_valid_is_refused(step: int, case: dict[str, Any]) -> None:
    with pytest.raises(NotValid) as refusal:
        replay(case)
    assert step == refusal.value.step
