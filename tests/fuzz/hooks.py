"""What Schemathesis is told beside its configuration: good reasons to refuse, and tokens for calls that end one."""

import atexit
import os
import re
import urllib.request
from collections import Counter, defaultdict
from typing import Any

import schemathesis

GOOD_REASONS = (
    "must not be a day to come",
    "FitTrack is not offered there",
    "members must be 18 or older",
    "is not the birth date of a living person",
    "must have an? .*(letter|digit|special)",
    "must not be the email",
    "the terms must be accepted",
    "the rules of the sweepstakes must be accepted",
    "must have no (control|spaces)",
    "must not contain control characters",
    "must have [0-9]+ to [0-9]+ characters",  # blanks at the ends do not count
    "must be a time zone such as",
    "must name each goal once",
    "must be a day from",
    "must be startDate or up to",
    "must be (an instant to come|in the future|before the close of sales|a full second)",
    "must not be after the drawing time",
    "goes with the premium role only",
    "two prizes have the same rank",
    "must be at most [0-9]+ units together",
    "0 points cannot be moved",
    "is required(, unless a reference is given)?$",  # by the kind of activity or shipment
    "does not go with a carrier",
    "This is no sign-in of yours",
)
"""What no schema can say. A refusal must give such reasons only."""

TOKEN = os.environ["FUZZ_TOKEN"]
ANSWERS: defaultdict[str, Counter[int]] = defaultdict(Counter)
"""Of each operation, how many answers of which kind: 2 for 200 and the like."""

ENDING = {"leave", "logOut", "logOutEverywhere", "changePassword", "endSession"}
"""Operations after which a token is good for nothing."""


@schemathesis.check
def refused_for_a_good_reason(_: Any, response: Any, case: Any) -> None:
    """What the schema allows is accepted, or refused with a reason that no schema can say."""
    if case.meta is None or not case.meta.generation.mode.is_positive or response.status_code != 400:
        return
    problem = response.json()
    told = [fault["detail"] for fault in problem.get("errors", [])] or [problem["detail"]]
    strange = [detail for detail in told if not any(re.search(reason, detail) for reason in GOOD_REASONS)]
    assert not strange, f"refused for {strange}"


@schemathesis.check
def the_token_stays_good(_: Any, response: Any, case: Any) -> None:
    """A session that ended for whatever reason would make all that follows worthless: nothing but 401 comes then."""
    sent = response.request.headers.get("Authorization")
    if sent == f"Bearer {TOKEN}" and response.status_code == 401:
        assert not response.json()["type"].endswith("not_logged_in"), "the attack has lost its own session"


@schemathesis.auth(refresh_interval=None)
class Badge:
    """Who calls. Somebody else makes the calls that end a session."""

    def get(self, case: Any, _: Any) -> str:
        if case.operation.definition.raw.get("operationId") not in ENDING:
            return TOKEN
        with urllib.request.urlopen(os.environ["FUZZ_TOKENS"]) as fresh:
            token: str = fresh.read().decode()
            return token

    def set(self, case: Any, token: str, _: Any) -> None:
        case.headers["Authorization"] = f"Bearer {token}"


@schemathesis.hook
def before_call(_: Any, case: Any, __: Any) -> None:
    """Puts an `If-Match` in its form into cases about something else, for which Schemathesis sends a bare zero."""
    if case.headers.get("If-Match") == "0":
        case.headers["If-Match"] = "*"


@schemathesis.hook
def after_call(_: Any, case: Any, response: Any) -> None:
    """Counts which operations did something."""
    if case.method.upper() == case.operation.method.upper():
        ANSWERS[case.operation.definition.raw["operationId"]][response.status_code // 100] += 1


@atexit.register
def tell() -> None:
    """How deep the attack went: what only ever refuses was hardly tried."""
    never = sorted(operation for operation, statuses in ANSWERS.items() if not statuses[2])
    calls = sum((statuses for statuses in ANSWERS.values()), Counter())
    print(f"Answers: {', '.join(f'{number} {status}xx' for status, number in sorted(calls.items()))}.")
    print(
        f"{len(ANSWERS) - len(never)} of {len(ANSWERS)} operations succeeded at least once. Never: {', '.join(never)}"
    )
