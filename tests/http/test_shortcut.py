"""Quick reads on the event loop, while they are quick, and where the store is at hand."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import attrs
import httpx
import pytest

from fittrack_http.routes import Access, Route
from fittrack_http.server import Limits, Service
from fittrack_http.shortcut import SPARED, Shortcut
from tests.http.live import running
from tests.http.toys import Echo, toy_service

SLOW_SECONDS = 0.6


def quick() -> Echo:
    """Tell which thread this is."""
    return Echo({"thread": threading.current_thread().name})


def slow() -> Echo:
    """Take a while."""
    time.sleep(SLOW_SECONDS)
    return quick()


QUICK = Route("GET", "/quick", quick, Access.ANYONE, "Toys", quick=True)
SLOW = Route("GET", "/slow", slow, Access.ANYONE, "Toys", quick=True)
AGAIN = Route("GET", "/again", slow, Access.ANYONE, "Toys", name="again", quick=True)
OTHER = Route("GET", "/other", quick, Access.ANYONE, "Toys", name="other")


@attrs.define
class StoreAtHand:
    """Counts who answers."""

    blocks: int = 0

    @contextmanager
    def answering(self) -> Iterator[None]:
        self.blocks += 1
        yield


def service(limits: Limits = Limits(), *, at_hand: bool = True) -> Service:  # noqa: B008  # frozen
    return toy_service(routes=(QUICK, SLOW, AGAIN, OTHER), at_hand=StoreAtHand() if at_hand else None, limits=limits)


def thread_of(url: str) -> str:
    told: dict[str, str] = httpx.get(url, timeout=20).json()["told"]
    return told["thread"]


def test_quick_reads_are_done_on_the_event_loop_where_the_store_is_at_hand() -> None:
    served = service()
    with running(served) as server:
        assert not thread_of(f"{server.url}/quick").startswith("fittrack-http")
        assert thread_of(f"{server.url}/other").startswith("fittrack-http")
    assert isinstance(served.at_hand, StoreAtHand)
    assert 2 == served.at_hand.blocks


def test_everything_is_done_in_threads_where_the_store_is_elsewhere() -> None:
    with running(service(at_hand=False)) as server:
        assert thread_of(f"{server.url}/quick").startswith("fittrack-http")


def test_a_quick_route_that_is_slow_keeps_nobody_waiting_for_long() -> None:
    with running(service()) as server, ThreadPoolExecutor(8) as callers:
        assert not thread_of(f"{server.url}/slow").startswith("fittrack-http")  # found out
        slow_ones = [callers.submit(thread_of, f"{server.url}/slow") for _ in range(8)]
        time.sleep(0.1)
        begun = time.monotonic()
        assert 200 == httpx.get(f"{server.url}/health/live").status_code
        assert not thread_of(f"{server.url}/quick").startswith("fittrack-http")
        assert time.monotonic() - begun < SLOW_SECONDS / 2
        assert all(slow_one.result().startswith("fittrack-http") for slow_one in slow_ones)


def test_who_has_waited_too_long_behind_slow_reads_is_refused() -> None:
    limits = Limits(wait_seconds=SLOW_SECONDS / 2)
    with running(service(limits)) as server, ThreadPoolExecutor(3) as callers:
        first = callers.submit(httpx.get, f"{server.url}/slow", timeout=20)
        time.sleep(SLOW_SECONDS / 3)
        # While the loop is at it, two more come, and it hears of both at once.
        others = [callers.submit(httpx.get, f"{server.url}/{path}", timeout=20) for path in ("again", "again")]
        assert 200 == first.result().status_code
        answers = sorted((other.result() for other in others), key=lambda answer: answer.status_code)
    assert [200, 503] == [answer.status_code for answer in answers]
    assert int(answers[1].headers["retry-after"]) > 0


@attrs.define
class Watch:
    """Tells the time that it is set to."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_route_comes_back_when_the_loop_has_made_up_for_it() -> None:
    watch = Watch()
    shortcut = Shortcut(watch)

    def take(seconds: float) -> None:
        watch.now += seconds

    shortcut.run(SLOW, lambda: take(0.3))
    assert shortcut.is_open(SLOW), "once may be chance"
    shortcut.run(SLOW, lambda: take(0.3))
    assert not shortcut.is_open(SLOW)
    assert shortcut.is_open(QUICK)
    watch.now += SPARED * 0.3
    assert shortcut.is_open(SLOW)


def test_a_read_that_fails_slowly_is_slow_too() -> None:
    watch = Watch()
    shortcut = Shortcut(watch)

    def fail() -> None:
        watch.now += 1
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        shortcut.run(SLOW, fail)
    assert not shortcut.is_open(SLOW)
