"""Who may call what: every route, tried by everybody there is. A route without a decision here fails."""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import uuid4

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from fittrack_adapters.security.tokens import JwtTokens
from fittrack_adapters.settings import Environment, Settings
from fittrack_adapters.testing.builders import PASSWORD, a_token
from fittrack_adapters.wiring import open_fittrack
from fittrack_domain.access.model import Claims, Client
from fittrack_domain.identity.model import Role
from fittrack_domain.shared.ids import SessionId
from fittrack_domain.shared.paging import Paging
from fittrack_http.app import ROUTES, make_app
from fittrack_http.routes import Route
from tests.http.decisions import ADMINS, ANYONE, BESIDE, BY_MEMBER, MEMBERS, OWN_THINGS, SIGNERS
from tests.http.live import Server, running_app
from tests.http.world import World, a_world

NO_ID = "0197a3c2-7f6e-7d1a-9b2e-3c4d5e6f7a8b"
INNOCENT = "?nothing-is-called-so=1"
"""Refused by every route after the caller was let in, and before anything is done."""


@pytest.fixture(scope="module")
def world() -> World:
    return a_world()


@pytest.fixture(scope="module")
def server(world: World) -> Iterator[Server]:
    with running_app(make_app(world.installation, limited=False)) as found:
        yield found


# The callers


def claims(world: World, **changed: object) -> Claims:
    now = world.clock.now()
    said: dict[str, object] = {
        "member_id": world.ann,
        "session_id": SessionId(uuid4()),
        "role": Role.USER,
        "token_id": "t",
        "issued_at": now,
        "expires_at": now + timedelta(hours=1),
    }
    return Claims(**(said | changed))  # type: ignore[arg-type]


def content(world: World, token: str) -> dict[str, object]:
    """What a good token of ours says."""
    kid = jwt.get_unverified_header(token)["kid"]
    key = world.installation.keys.verifiers()[kid]
    options = {"verify_exp": False, "verify_nbf": False, "verify_iat": False}
    found: dict[str, object] = jwt.decode(token, key, ["RS256"], audience="fittrack-api", options=options)  # type: ignore[arg-type]
    return found


def signed_by_hand(header: dict[str, object], said: dict[str, object], secret: bytes | None) -> str:
    parts = (base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (header, said))
    text = b".".join(parts)
    signature = b"" if secret is None else hmac.digest(secret, text, hashlib.sha256)
    return (text + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")).decode()


def nobody(_: World) -> None:
    return None


def member(world: World) -> str:
    return world.tokens[world.ann]


def other_member(world: World) -> str:
    return world.tokens[world.ben]


def premium(world: World) -> str:
    until = world.clock.now() + timedelta(days=9)
    world.fittrack.identity.set_role(world.ada, world.cat, Role.PREMIUM, until)
    return world.tokens[world.cat]


def admin(world: World) -> str:
    return world.tokens[world.ada]


def suspended(world: World) -> str:
    return world.tokens[world.eve]


def expired(world: World) -> str:
    tokens = JwtTokens(world.installation.keys)
    past = world.clock.now() - timedelta(hours=2)
    return tokens.issue(claims(world, issued_at=past, expires_at=past + timedelta(hours=1)))


def of_no_session(world: World) -> str:
    return JwtTokens(world.installation.keys).issue(claims(world))


def foreign_key(world: World) -> str:
    header = jwt.get_unverified_header(member(world))
    foreign = generate_private_key(65_537, 2048)
    return jwt.encode(content(world, member(world)), foreign, "RS256", headers={"kid": header["kid"], "typ": "at+jwt"})


def without_algorithm(world: World) -> str:
    header = jwt.get_unverified_header(member(world)) | {"alg": "none"}
    return signed_by_hand(header, content(world, member(world)), None)


def wrong_algorithm(world: World) -> str:
    """Signed with our public key as if it were a shared secret."""
    header = jwt.get_unverified_header(member(world)) | {"alg": "HS256"}
    key = world.installation.keys.verifiers()[header["kid"]]
    public = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return signed_by_hand(header, content(world, member(world)), public)


def raised_role(world: World) -> str:
    """A member's good token whose body was changed."""
    head, body, signature = member(world).split(".")
    said = json.loads(base64.urlsafe_b64decode(body + "=="))
    changed = base64.urlsafe_b64encode(json.dumps(said | {"role": "admin"}).encode()).rstrip(b"=").decode()
    return f"{head}.{changed}.{signature}"


def refresh_token(world: World) -> str:
    world.fittrack.passwords.give(None, world.new, PASSWORD)
    email = world.fittrack.identity.member(world.new).account.email
    return world.fittrack.sessions.log_in(email, PASSWORD, Client("127.0.0.1")).tokens.refresh_token


LET_IN = (member, other_member, premium, admin)
KEPT_OUT = (
    nobody,
    suspended,
    expired,
    of_no_session,
    foreign_key,
    without_algorithm,
    wrong_algorithm,
    raised_role,
    refresh_token,
)
Person = Callable[[World], str | None]


@pytest.fixture(scope="module")
def tokens(world: World) -> dict[Person, str | None]:
    return {person: person(world) for person in (*LET_IN, *KEPT_OUT)}


# The matrix


def test_every_route_has_exactly_one_decision() -> None:
    decided = [*ANYONE, *MEMBERS, *ADMINS, *SIGNERS]
    assert len(set(decided)) == len(decided)
    assert {route.operation for route in ROUTES} == set(decided)


def served(server: Server) -> set[str]:
    paths = {re.sub(r"<(\w+):[^>]*>", r"{\1}", f"/{route.path}"): route.methods for route in server.app.router.routes}
    return {f"{method} {path}" for path, methods in paths.items() for method in methods - {"HEAD", "OPTIONS"}}


def test_nothing_else_is_served_and_devtools_in_development_only(server: Server) -> None:
    production = Settings(database_url="memory://", environment=Environment.PRODUCTION, master_key=bytes(32))
    with running_app(make_app(open_fittrack(production), limited=False)) as strict:
        assert {*BESIDE, *(f"{route.method} {route.path}" for route in ROUTES)} == served(strict)
        assert 404 == httpx.get(f"{strict.url}/devtools").status_code
    devtools = served(server) - served(strict)
    assert devtools
    assert {"/devtools"} == {what.split()[1][: len("/devtools")] for what in devtools}


@pytest.mark.parametrize("what", BESIDE)
def test_what_is_served_beside_the_operations_is_the_same_for_everybody(
    server: Server, tokens: dict[Person, str | None], what: str
) -> None:
    method, path = what.split()
    for person, token in tokens.items():
        headers = {} if token is None else {"authorization": f"Bearer {token}"}
        answer = httpx.request(method, f"{server.url}{path}", headers=headers)
        assert 200 == answer.status_code, person.__name__


def call(server: Server, route: Route, token: str | None) -> str:
    """What becomes of the call: the status, and the code of the problem."""
    path = "/".join(NO_ID if part.startswith("{") else part for part in route.path.split("/"))
    headers = {} if token is None else {"authorization": f"Bearer {token}"}
    answer = httpx.request(route.method, f"{server.url}{path}{INNOCENT}", headers=headers)
    return f"{answer.status_code} {answer.json()['type'].partition('#')[2]}"


def expected(route: Route, person: Person) -> set[str]:
    let_in = {"400 invalid", "404 path_not_found", "428 if_match_required"}
    if route.operation in (*ANYONE, *SIGNERS):
        return let_in
    if person in KEPT_OUT:
        return {"401 not_logged_in"}
    if route.operation in ADMINS and person is not admin:
        return {"403 admins_only"}
    return let_in


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_everybody_gets_what_was_decided(server: Server, tokens: dict[Person, str | None], route: Route) -> None:
    for person, token in tokens.items():
        assert call(server, route, token) in expected(route, person), person.__name__


def test_an_access_token_is_no_refresh_token(server: Server, world: World) -> None:
    answer = httpx.post(
        f"{server.url}/api/v1/auth/refresh", json={"refreshToken": a_token(world.fittrack, world.new)[:100]}
    )
    assert (401, "/docs/errors#refresh_not_valid") == (answer.status_code, answer.json()["type"])


# Others' things, and one's own


def things_of_ann(world: World) -> dict[str, str]:
    """A path to each kind of thing that belongs to one member."""
    fittrack, one = world.fittrack, Paging(limit=1)
    (entry,) = fittrack.results.entries(one, member_id=world.ann).items
    (connection,) = fittrack.tracking.connections(world.ann)
    (activity,) = fittrack.tracking.activities(world.ann, one).items
    (notification,) = fittrack.notices.notifications(world.ann, one).items
    email = fittrack.identity.member(world.ann).account.email
    other_device = fittrack.sessions.log_in(email, PASSWORD, Client("127.0.0.1")).tokens.session_id
    return {
        "connection": f"GET /connections/{connection.id}",
        "activity": f"GET /activities/{activity.id}",
        "entryProof": f"GET /drawings/{world.drawn}/entries/{entry.entry.id}/proof",
        "markRead": f"POST /users/me/notifications/{notification.id}/read",
        "confirmAddress": f"POST /fulfillments/{world.won}/confirm-address",
        "endSession": f"DELETE /auth/sessions/{other_device}",
    }


def test_others_things_are_as_if_they_were_not(server: Server, world: World) -> None:
    things = things_of_ann(world)
    assert OWN_THINGS == set(things)
    address = {"recipient": "A", "line1": "1 St", "city": "Oakland", "state": "CA", "postalCode": "94607"}
    for operation, what in things.items():
        method, path = what.split()
        body = address if operation == "confirmAddress" else None
        for person, statuses in ((other_member, {404}), (admin, {404}), (member, {200, 204})):
            headers = {"authorization": f"Bearer {person(world)}"}
            answer = httpx.request(method, f"{server.url}/api/v1{path}", headers=headers, json=body)
            assert answer.status_code in statuses, (operation, person.__name__, answer.text)


def test_only_administrators_ask_for_another_members_things(server: Server, world: World) -> None:
    for path in BY_MEMBER:
        url = f"{server.url}/api/v1{path}?userId={world.cat}"
        for person, status in ((other_member, 403), (premium, 200), (admin, 200)):
            answer = httpx.get(url, headers={"authorization": f"Bearer {person(world)}"})
            assert status == answer.status_code, (path, person.__name__, answer.text)
