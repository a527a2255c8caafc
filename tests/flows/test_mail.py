"""Mail on its way: from what happened to a server that takes it, refuses it, or hangs."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta

import attrs
import httpx
import pytest

from fittrack_adapters.settings import Settings
from fittrack_adapters.store.memory import MemoryStore
from fittrack_adapters.store.migrate import migrate
from fittrack_adapters.testing import CountingIds, FixedEntropy, PlainHasher, StoppedClock
from fittrack_adapters.testing.builders import PASSWORD, a_member
from fittrack_adapters.wiring import Installation, open_fittrack
from fittrack_domain.shared.paging import Paging
from fittrack_http.app import make_app
from tests.flows.racing import MORNING, all_at_once, clock_of
from tests.http.live import running_app
from tests.mail_server import MailServer, Taken, scripted, settings_for

APP = "https://app.fittrack.test"
MEMBERS = 12


@pytest.fixture
def server(new_mail_server: Callable[..., MailServer]) -> MailServer:
    return new_mail_server(tls="none", auth=True)


def installed(url: str, **environ: str) -> Installation:
    """A FitTrack over the database at `url`, with these settings besides."""
    settings = Settings.load({"FITTRACK_MASTER_KEY": "00" * 32, "FITTRACK_APP_URL": APP, **environ})
    clock = StoppedClock(MORNING)
    installation = open_fittrack(
        attrs.evolve(settings, database_url=url),
        clock=clock,
        ids=CountingIds(clock),
        entropy=FixedEntropy(),
        hasher=PlainHasher(),
    )
    if not isinstance(installation.store, MemoryStore):
        migrate(installation.store)
    return installation


@pytest.fixture
def mailing(url: str, server: MailServer) -> Iterator[Installation]:
    """A FitTrack on each store, empty, with a mail server."""
    with installed(url, **settings_for(server)) as opened:
        yield opened


def suspend(installation: Installation, count: int = MEMBERS) -> None:
    """Makes members, and something to tell each of them."""
    fittrack = installation.fittrack
    for n in range(count):
        fittrack.identity.suspend(None, a_member(fittrack, f"m{n}"), "Two accounts")
    fittrack.relay.react()


def test_a_member_registers_and_logs_in_with_what_came_by_mail(server: MailServer) -> None:
    stated = {
        "email": "ann@example.com",
        "password": PASSWORD,
        "dateOfBirth": "1990-06-15",
        "stateOfResidence": "CA",
        "acceptedTerms": True,
        "acceptedSweepstakesRules": True,
    }
    installation = installed("memory://", **settings_for(server))
    with running_app(make_app(installation)) as live, httpx.Client(base_url=f"{live.url}/api/v1/auth") as client:
        assert 201 == client.post("register", json=stated).status_code
        link = re.search(rf"{APP}/verify-email\?token=(\S+)", arrived(server, 1)[0].body("plain"))
        assert link is not None
        assert 200 == client.post("verify-email", json={"token": link[1]}).status_code
        credentials = {"email": "ann@example.com", "password": PASSWORD}
        assert 200 == client.post("login", json=credentials).status_code


def arrived(server: MailServer, count: int) -> list[Taken]:
    """The mail that the server took, once it is so many."""
    until = time.monotonic() + 10
    while len(server.taken) < count and time.monotonic() < until:
        time.sleep(0.02)
    assert count == len(server.taken)
    return server.taken


def test_relays_at_once_hand_each_mail_over_once(mailing: Installation, server: MailServer) -> None:
    suspend(mailing)
    all_at_once(*[mailing.fittrack.relay.hand_over] * 4)
    mailing.fittrack.relay.hand_over()
    assert {f"m{n}@example.com" for n in range(MEMBERS)} == {taken.recipients[0] for taken in server.taken}
    assert MEMBERS == len(server.taken)
    assert 0 == mailing.fittrack.relay.waiting()


def test_a_mail_whose_answer_was_lost_comes_again_under_the_same_id(mailing: Installation, server: MailServer) -> None:
    suspend(mailing, 3)
    server.drops_after_data = 2
    relay, clock = mailing.fittrack.relay, clock_of(mailing)
    while relay.waiting():
        relay.hand_over()
        clock.advance(timedelta(minutes=1))
    ids = [taken.mail["Message-ID"] for taken in server.taken]
    assert (5, 3) == (len(ids), len(set(ids)))


def test_an_address_that_nobody_has_holds_up_nobody(mailing: Installation, server: MailServer) -> None:
    suspend(mailing, 1)
    server.answers["RCPT"] = "550 5.1.1 <m0@example.com>: no such user"
    relay = mailing.fittrack.relay
    assert [] == relay.hand_over()
    server.answers.clear()
    fittrack = mailing.fittrack
    fittrack.identity.suspend(None, a_member(fittrack, "bob"), "Two accounts")
    relay.drain()
    assert [("bob@example.com",)] == [taken.recipients for taken in server.taken]
    [parked] = relay.parked().items
    assert "m0" not in str(parked.last_error)
    assert "550 5.1.1" in str(parked.last_error)


def test_mail_that_cannot_be_sent_now_is_sent_once_the_server_is_back(
    mailing: Installation, server: MailServer
) -> None:
    suspend(mailing, 3)
    server.answers["MAIL"] = "451 4.3.0 later"
    relay = mailing.fittrack.relay
    assert [] == relay.hand_over()
    assert 3 == relay.waiting()
    server.answers.clear()
    assert 2 == len(relay.hand_over())
    clock_of(mailing).advance(timedelta(seconds=2))
    assert 1 == len(relay.hand_over())


def test_a_mail_server_that_hangs_delays_no_reaction() -> None:
    with ExitStack() as hanging:
        port = hanging.enter_context(scripted())
        environ = {"FITTRACK_SMTP_URL": f"smtp://127.0.0.1:{port}", "FITTRACK_MAIL_FROM": "no-reply@fittrack.test"}
        installation = installed("memory://", **environ)
        fittrack = installation.fittrack
        suspend(installation, 3)
        with running_app(make_app(installation)):
            time.sleep(0.3)  # the first mail is being handed over, and will be for a quarter of a minute
            ann = a_member(fittrack, "ann")
            fittrack.identity.suspend(None, ann, "Two accounts")
            until = time.monotonic() + 3
            while not fittrack.notices.notifications(ann, Paging()).items:
                assert time.monotonic() < until, "reactions wait for the mail server"
                time.sleep(0.05)
            assert 4 == fittrack.relay.waiting()
            hanging.close()
