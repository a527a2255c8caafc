"""What several contracts need."""

from collections.abc import Iterator

import pytest

from fittrack_adapters.redis.server import RedisServer
from tests.redis_server import RedisProcess, new_redis


@pytest.fixture(scope="session")
def redis() -> Iterator[RedisProcess]:
    redis = new_redis()
    yield redis
    redis.close()


@pytest.fixture
def server(redis: RedisProcess) -> Iterator[RedisServer]:
    server = RedisServer(redis.url, timeout_seconds=10)
    yield server
    server.close()
