"""What Schemathesis is told beside its configuration: good reasons to refuse, and tokens for calls that end one."""

import os
import re
import urllib.request
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


@schemathesis.hook
def before_call(_: Any, case: Any, __: Any) -> None:
    """Lets somebody else make the calls that end a session."""
    without = case.meta is not None and getattr(case.meta.phase.data, "parameter", None) == "Authorization"
    if case.operation.definition.raw.get("operationId") in ENDING and not without:
        with urllib.request.urlopen(os.environ["FUZZ_TOKENS"]) as fresh:
            case.headers["Authorization"] = f"Bearer {fresh.read().decode()}"
