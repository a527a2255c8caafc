"""Administrators only, everywhere, and the same under both paths."""

import pytest

from fittrack_http.app import ROUTES
from fittrack_http.routes import Access, Given, Route
from tests.http.asking import As, a_key, problem_of, url_of
from tests.http.world import World

ADMINS = [route for route in ROUTES if route.access is Access.ADMIN]
EDITS = [route for route in ADMINS if route.if_match is Given.REQUIRED]
TWICE = {route.path: route for route in ADMINS if (route.name or "").startswith("admin_")}


@pytest.mark.parametrize("route", ADMINS, ids=lambda route: f"{route.method} {route.path}")
def test_members_are_refused(as_: As, world: World, route: Route) -> None:
    response = as_(world.ann).request(route.method, url_of(route), json={})
    assert (403, "admins_only") == problem_of(response)


@pytest.mark.parametrize("route", ADMINS, ids=lambda route: f"{route.method} {route.path}")
def test_what_a_body_or_query_does_not_know_is_refused(as_: As, world: World, route: Route) -> None:
    takes_body = "body" in route.signature.takes
    response = as_(world.ada).request(
        route.method,
        f"{url_of(route)}?colour=red",
        json={"colour": "red"} if takes_body else None,
        headers={**a_key(), "if-match": '"1.0123456789abcdef0123456789abcdef"'},
    )
    if "{ticket_id}" in route.path:
        assert (404, "path_not_found") == problem_of(response)
        return
    assert (400, "invalid") == problem_of(response)
    pointers = [fault["pointer"] for fault in response.json()["errors"]]
    assert 1 + takes_body == pointers.count("/colour")


@pytest.mark.parametrize("route", EDITS, ids=lambda route: f"{route.method} {route.path}")
def test_an_edit_of_drawings_users_and_fulfillments_says_what_it_was_made_from(
    as_: As, world: World, route: Route
) -> None:
    body = {"type": "daily", "name": "X", "prizes": []} if "drawings" in route.path else {}
    response = as_(world.ada).request(route.method, url_of(route), json=body)
    assert (428, "if_match_required") == problem_of(response)
    assert {"drawings", "users", "fulfillments"} == {edit.path.split("/")[-2] for edit in EDITS}


def test_both_paths_of_an_operation_are_alike() -> None:
    plain = {(route.method, route.path): route for route in ROUTES}
    assert TWICE
    for path, again in TWICE.items():
        route = plain[again.method, path.replace("/admin/", "/")]
        assert route.handler is again.handler
        assert (route.problems, route.status, route.key, route.if_match) == (
            again.problems,
            again.status,
            again.key,
            again.if_match,
        )
