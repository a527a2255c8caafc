"""How often a caller may come by: counted by address, member and account, told in headers, shared through Redis."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from typing import Any

import attrs
import httpx
import pytest

from fittrack_adapters.beside import Beside
from fittrack_adapters.redis.server import RedisServer
from fittrack_adapters.testing.builders import PASSWORD
from fittrack_domain.shared.beside import RateLimit
from fittrack_domain.shared.ids import MemberId
from fittrack_http.app import make_app
from fittrack_http.turnstile import ADMIN, MEMBER
from tests.http.live import Server, running_app
from tests.http.world import World, a_world
from tests.redis_server import RedisProcess, new_redis

ANYBODYS = "/api/v1/draw-log"
MEMBERS = "/api/v1/points/balance"
LOG_IN = "/api/v1/auth/login"
UNLIMITED = ("/health/live", "/health/ready", "/docs", "/docs/openapi.json", "/docs/errors", "/.well-known/jwks.json")


@pytest.fixture
def world() -> World:
    return a_world()


def serving(world: World, *, proxies: int = 0, beside: Beside | None = None) -> AbstractContextManager[Server]:
    settings = attrs.evolve(world.installation.settings, trusted_proxies=proxies)
    changes: dict[str, Any] = {"settings": settings} | ({} if beside is None else {"beside": beside})
    return running_app(make_app(attrs.evolve(world.installation, **changes)))


@pytest.fixture
def server(world: World) -> Iterator[Server]:
    with serving(world) as found:
        yield found


def statuses(client: httpx.Client, times: int, path: str = ANYBODYS, **headers: str) -> list[int]:
    return [client.get(path, headers=headers).status_code for _ in range(times)]


def spend(world: World, limit: RateLimit, member: MemberId, times: int) -> None:
    """As that many requests would, and faster."""
    for _ in range(times):
        world.installation.beside.rate_limiter.spend(limit, str(member))


def assert_limited(response: httpx.Response, name: str, calls: int) -> None:
    assert (429, "/docs/errors#rate_limited") == (response.status_code, response.json()["type"])
    assert 0 < int(response.headers["retry-after"]) <= 60
    assert f'"{name}";q={calls};w=60' == response.headers["ratelimit-policy"]
    assert response.headers["ratelimit"].startswith(f'"{name}";r=0;t=')


def test_anonymous_callers_come_ten_times_a_minute_from_an_address(server: Server) -> None:
    with server.client() as nobody:
        first = nobody.get(ANYBODYS)
        assert '"anonymous";q=10;w=60' == first.headers["ratelimit-policy"]
        assert first.headers["ratelimit"].startswith('"anonymous";r=9;t=')
        assert [200] * 9 == statuses(nobody, 9)
        assert_limited(nobody.get(ANYBODYS), "anonymous", 10)


def test_what_watches_over_the_server_and_what_explains_it_is_not_limited(server: Server) -> None:
    with server.client() as nobody:
        for path in UNLIMITED:
            for _ in range(11):
                answer = nobody.get(path)
                assert (200, None) == (answer.status_code, answer.headers.get("ratelimit"))


def test_a_bad_token_counts_as_anonymous(server: Server) -> None:
    with server.client("x.y.z") as nobody:
        assert [401] * 10 == statuses(nobody, 10, MEMBERS)
        assert_limited(nobody.get(MEMBERS), "anonymous", 10)


def test_members_come_a_hundred_times_a_minute_each(server: Server, world: World) -> None:
    with server.client(world.tokens[world.ann]) as ann, server.client(world.tokens[world.ben]) as ben:
        assert ann.get(MEMBERS).headers["ratelimit"].startswith('"member";r=99;t=')
        spend(world, MEMBER, world.ann, 98)
        assert ann.get(MEMBERS).headers["ratelimit"].startswith('"member";r=0;t=')
        assert_limited(ann.get(MEMBERS), "member", 100)
        assert_limited(ann.get("/api/v1/auth/sessions"), "member", 100)
        assert 200 == ben.get(MEMBERS).status_code


def test_administrators_come_five_hundred_times_a_minute(server: Server, world: World) -> None:
    with server.client(world.tokens[world.ada]) as ada:
        assert ada.get(MEMBERS).headers["ratelimit"].startswith('"admin";r=499;t=')
        spend(world, ADMIN, world.ada, 498)
        assert 200 == ada.get(MEMBERS).status_code
        assert_limited(ada.get(MEMBERS), "admin", 500)


def log_in(client: httpx.Client, name: str, **headers: str) -> httpx.Response:
    return client.post(LOG_IN, json={"email": f"{name}@example.com", "password": PASSWORD}, headers=headers)


def test_nobody_logs_in_more_than_five_times_a_minute_with_one_email_from_an_address(server: Server) -> None:
    with server.client() as nobody:
        for left in (4, 3, 2, 1, 0):
            answer = log_in(nobody, "ann")
            assert 200 == answer.status_code
            assert answer.headers["ratelimit"].startswith(f'"login";r={left};t=')
        assert_limited(log_in(nobody, "ann"), "login", 5)
        assert_limited(log_in(nobody, "ANN"), "login", 5)
        assert 200 == log_in(nobody, "ben").status_code
        for _ in range(2):
            log_in(nobody, "cat")
        assert_limited(log_in(nobody, "cat"), "anonymous", 10)


# From where


def test_what_a_client_says_of_its_address_is_not_believed(server: Server) -> None:
    with server.client() as nobody:
        for number in range(10):
            assert 200 == nobody.get(ANYBODYS, headers={"x-forwarded-for": f"203.0.113.{number}"}).status_code
        assert_limited(nobody.get(ANYBODYS, headers={"x-forwarded-for": "203.0.113.99"}), "anonymous", 10)


def test_what_a_trusted_proxy_says_is_believed_and_nothing_before_it(world: World) -> None:
    with serving(world, proxies=1) as server, server.client() as nobody:
        for number in range(10):
            made_up = f"192.0.2.{number}, 203.0.113.5"
            assert 200 == nobody.get(ANYBODYS, headers={"x-forwarded-for": made_up}).status_code
        assert_limited(nobody.get(ANYBODYS, headers={"x-forwarded-for": "203.0.113.5"}), "anonymous", 10)
        assert 200 == nobody.get(ANYBODYS, headers={"x-forwarded-for": "203.0.113.6"}).status_code


def test_behind_two_proxies_the_second_address_from_the_right_counts(world: World) -> None:
    with serving(world, proxies=2) as server, server.client() as nobody:
        for number in range(10):
            told = f"198.51.100.1, 203.0.113.5, 10.0.0.{number}"
            assert 200 == nobody.get(ANYBODYS, headers={"x-forwarded-for": told}).status_code
        assert_limited(nobody.get(ANYBODYS, headers={"x-forwarded-for": "203.0.113.5, 10.0.0.99"}), "anonymous", 10)


@pytest.mark.parametrize("told", ["", "unknown", "<script>", "203.0.113.5" * 9, "x, y"])
def test_what_is_no_address_is_passed_over(world: World, told: str) -> None:
    with serving(world, proxies=1) as server, server.client() as nobody:
        assert [200] * 5 == statuses(nobody, 5, **{"x-forwarded-for": told})
        assert [200] * 5 == statuses(nobody, 5)
        assert_limited(nobody.get(ANYBODYS, headers={"x-forwarded-for": told}), "anonymous", 10)


# Several servers


@pytest.fixture
def redis() -> Iterator[RedisProcess]:
    redis = new_redis()
    yield redis
    redis.close()


def test_servers_count_together_through_redis_and_each_for_itself_without_it(world: World, redis: RedisProcess) -> None:
    with ExitStack() as stack:
        clients = []
        for _ in range(2):
            beside = Beside(RedisServer(redis.url, timeout_seconds=5))
            server = stack.enter_context(serving(world, beside=beside))
            clients.append(stack.enter_context(server.client()))
        assert [200] * 10 == [code for client in clients for code in statuses(client, 5)]
        for client in clients:
            assert_limited(client.get(ANYBODYS), "anonymous", 10)
        redis.stop()
        for client in clients:
            assert [200] * 10 == statuses(client, 10)
            assert_limited(client.get(ANYBODYS), "anonymous", 10)


def test_no_email_lies_in_redis(world: World, redis: RedisProcess) -> None:
    beside = Beside(RedisServer(redis.url, timeout_seconds=5))
    with serving(world, beside=beside) as server, server.client() as nobody:
        log_in(nobody, "ann")
    keys = redis.client().keys("*")
    assert any(b"login" in key for key in keys)
    assert not any(b"@" in key or b"example" in key for key in keys)
