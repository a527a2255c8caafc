"""What tests of FitTrack's own routes say again and again."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx

from fittrack_http.routes import Route

As = Callable[[Any], httpx.Client]
"""A client that speaks as a member; as nobody for None."""

NO_ID = "0197a3c2-7f6e-7d1a-9b2e-3c4d5e6f7a8b"
ADDRESS = {"recipient": "Ann Example", "line1": "1 Main St", "city": "Oakland", "state": "CA", "postalCode": "94607"}


def problem_of(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["type"].removeprefix("/docs/errors#")


def faults_of(response: httpx.Response) -> list[str]:
    """Where an input is wrong."""
    assert (400, "invalid") == problem_of(response)
    return [fault["pointer"] for fault in response.json()["errors"]]


def a_key() -> dict[str, str]:
    return {"idempotency-key": str(uuid4())}


def if_match(response: httpx.Response) -> dict[str, str]:
    """For a change of what was answered."""
    return {"if-match": response.headers["etag"]}


def url_of(route: Route) -> str:
    return "".join(
        NO_ID if "{" in part else part for part in route.path.replace("{", "\0{").replace("}", "}\0").split("\0")
    )
