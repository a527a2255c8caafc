"""`fittrack leaderboard rebuild` and `check`."""

import json
from collections.abc import Iterator
from typing import Any

import attrs
import pytest

from tests.redis_server import RedisProcess, new_redis


@pytest.fixture(scope="session")
def redis() -> Iterator[RedisProcess]:
    redis = new_redis()
    yield redis
    redis.close()


@pytest.fixture
def with_redis(cli: Any, redis: RedisProcess) -> Any:
    """The command line of an installation whose rankings have been in no Redis yet."""
    if not redis.is_running:
        redis.start()
    redis.client().flushall()
    return attrs.evolve(cli, env={**cli.env, "FITTRACK_REDIS_URL": redis.url})


def test_rankings_are_copied_into_redis_and_compared_with_the_database(with_redis: Any) -> None:
    before = with_redis("leaderboard", "check", "--json")
    assert 1 == before.exit_code
    assert '"fault": "missing"' in before.stdout
    rebuilt = with_redis.json("leaderboard", "rebuild")["rankings"]
    alltime = {"tierCode": "F-30-39-INT", "period": "alltime", "periodStart": None}
    assert {**alltime, "standings": 1} in rebuilt
    checked = with_redis.json("leaderboard", "check")["rankings"]
    assert {**alltime, "members": 1, "fault": None} in checked
    assert "equal" in with_redis.text("leaderboard", "check")
    assert f"{len(rebuilt)} rankings with " in with_redis.text("leaderboard", "rebuild")


def test_leaderboards_are_the_same_with_redis_and_without(with_redis: Any, cli: Any) -> None:
    with_redis.text("leaderboard", "rebuild")
    words = ("leaderboard", "alltime", "--member", "1001")
    assert cli.json(*words) == with_redis.json(*words) == with_redis.json("leaderboard", "show", *words[1:])


def test_without_redis_in_the_settings_there_is_nothing_to_copy_or_compare(cli: Any) -> None:
    assert "FITTRACK_REDIS_URL is not set" in cli.misuse("leaderboard", "rebuild")
    assert "FITTRACK_REDIS_URL is not set" in cli.misuse("leaderboard", "check")


def test_a_redis_that_does_not_answer_is_told(with_redis: Any, redis: RedisProcess) -> None:
    redis.kill()
    result = with_redis("leaderboard", "rebuild")
    assert (1, "") == (result.exit_code, result.stdout)
    assert "Error: Redis does not answer" in result.stderr.splitlines()[-1]


def test_the_doctor_looks_at_redis(with_redis: Any, cli: Any, redis: RedisProcess) -> None:
    def found(on: Any) -> tuple[str, str]:
        [it] = [check for check in json.loads(on("doctor", "--json").stdout)["checks"] if check["name"] == "redis"]
        return it["status"], it["detail"]

    assert ("ok", "none: caches, limits and leases are those of each process") == found(cli)
    assert "ok" == found(with_redis)[0]
    redis.kill()
    assert "warning" == found(with_redis)[0]


def test_what_is_no_address_of_a_redis_is_refused(cli: Any) -> None:
    odd = attrs.evolve(cli, env={**cli.env, "FITTRACK_REDIS_URL": "http://localhost"})
    assert "FITTRACK_REDIS_URL: must start with redis://" in odd.misuse("leaderboard", "check")
