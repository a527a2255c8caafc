"""Mail servers as they are: encrypted or not, choosy, silent, gone in the middle."""

import time
from collections.abc import Callable
from uuid import uuid4

import attrs
import pytest
from structlog.testing import capture_logs

from fittrack_adapters.mail.addresses import Sender, SmtpServer
from fittrack_adapters.mail.smtp import ANSWER_SECONDS, TAKEN_SECONDS, MailServerAway, SmtpMailer
from fittrack_adapters.testing import StoppedClock
from fittrack_domain.notices.model import MailRefused, Message
from fittrack_domain.relay import HAND_OVER_WITHIN
from fittrack_domain.shared.errors import Refused, Unavailable
from fittrack_domain.shared.ids import EventId
from tests.mail_server import USER, Certificate, MailServer, scripted
from tests.servers import free_port

NewMailServer = Callable[..., MailServer]
MESSAGE = Message("ann@example.com", "Ann", "Subject", "Text")
SENDER = Sender("no-reply@fittrack.test", "FitTrack")


def mailer_for(url: str, certificate: Certificate | None = None, seconds: float = 5.0) -> SmtpMailer:
    trusted = None if certificate is None else certificate.believed()
    return SmtpMailer(SmtpServer.of(url), SENDER, StoppedClock(), trusted=trusted, answer_seconds=seconds)


def send(mailer: SmtpMailer, message: Message = MESSAGE) -> None:
    mailer.send(message, EventId(uuid4()))


@pytest.mark.parametrize(("tls", "encrypted"), [("starttls", True), ("implicit", True), ("none", False)])
def test_mail_is_handed_in_after_a_log_in_over_a_line_as_secret_as_asked_for(
    new_mail_server: NewMailServer, certificate: Certificate, tls: str, encrypted: bool
) -> None:
    server = new_mail_server(tls=tls, auth=True)
    mailer = mailer_for(server.url, certificate)
    send(mailer)
    [taken] = server.taken
    assert ("no-reply@fittrack.test", ("ann@example.com",)) == (taken.sender, taken.recipients)
    assert {USER} == set(server.log_ins)
    told = mailer.check()
    assert encrypted is ("TLSv1." in told)
    assert "logged in" in told
    assert 1 == len(server.taken)


def test_a_server_without_a_log_in_is_told_so(new_mail_server: NewMailServer) -> None:
    server = new_mail_server(tls="none")
    assert f"127.0.0.1 port {server.port} answers, not encrypted, no log-in" == mailer_for(server.url).check()


def test_nothing_is_said_to_a_server_whose_certificate_is_not_believed(new_mail_server: NewMailServer) -> None:
    for tls in ("starttls", "implicit"):
        server = new_mail_server(tls=tls, auth=True)
        with pytest.raises(MailServerAway, match="certificate verify failed"):
            send(mailer_for(server.url))
        assert ([], []) == (server.log_ins, server.taken)


def test_a_certificate_for_another_host_is_not_believed(
    new_mail_server: NewMailServer, certificate: Certificate
) -> None:
    url = new_mail_server().url.replace("127.0.0.1", "localhost")
    with pytest.raises(MailServerAway, match="certificate verify failed"):
        send(mailer_for(url, certificate))


def test_a_server_that_does_not_encrypt_gets_neither_password_nor_mail(new_mail_server: NewMailServer) -> None:
    server = new_mail_server(tls="none", auth=True)
    with pytest.raises(MailServerAway, match="STARTTLS extension not supported"):
        send(mailer_for(server.url.replace("=off", "=required")))
    assert ([], []) == (server.log_ins, server.taken)


def test_a_wrong_password_is_told_without_being_shown(new_mail_server: NewMailServer, certificate: Certificate) -> None:
    server = new_mail_server(auth=True)
    mailer = mailer_for(server.url.replace("p%40ss", "s3cret"), certificate)
    for attempt in (lambda: send(mailer), mailer.check):
        with pytest.raises(MailServerAway, match=r"it answers 535 5\.7\.8") as away:
            attempt()
        assert "s3cret" not in str(away.value)


@pytest.mark.parametrize(
    ("command", "answer", "numbers"),
    [
        ("RCPT", "550 5.1.1 <ann@example.com>: no such user", "550 5.1.1"),
        ("RCPT", "553 ann@example.com: not here", "553"),
        ("DATA", "554 5.7.1 ann@example.com will not have this", "554 5.7.1"),
        ("DATA", "552 5.3.4 too big", "552 5.3.4"),
    ],
)
def test_what_is_refused_for_good_is_told_by_its_numbers_alone(
    new_mail_server: NewMailServer, command: str, answer: str, numbers: str
) -> None:
    server = new_mail_server(tls="none")
    server.answers[command] = answer
    with capture_logs() as logs, pytest.raises(MailRefused) as refused:
        send(mailer_for(server.url))
    assert isinstance(refused.value, Refused)
    assert f"The mail will not be taken: the mail server answers {numbers}" == str(refused.value)
    assert ["mail not sent"] == [log["event"] for log in logs]
    assert "ann" not in str(logs)


@pytest.mark.parametrize(
    ("command", "answer", "numbers"),
    [
        ("MAIL", "550 5.1.8 no-reply@fittrack.test: who is that?", "550 5.1.8"),
        ("MAIL", "451 4.3.0 later", "451 4.3.0"),
        ("RCPT", "450 4.2.1 <ann@example.com> come again", "450 4.2.1"),
        ("RCPT", "421 4.3.2 closing", "421 4.3.2"),
        ("DATA", "451 4.7.1 ann@example.com: come again", "451 4.7.1"),
    ],
)
def test_what_may_change_is_to_be_repeated(
    new_mail_server: NewMailServer, command: str, answer: str, numbers: str
) -> None:
    server = new_mail_server(tls="none")
    server.answers[command] = answer
    with capture_logs() as logs, pytest.raises(MailServerAway) as away:
        send(mailer_for(server.url))
    assert isinstance(away.value, Unavailable)
    assert str(away.value).endswith(f": it answers {numbers}")
    assert "ann" not in str(logs)
    server.answers.clear()
    send(mailer_for(server.url))


def test_nobody_there() -> None:
    with pytest.raises(MailServerAway, match="Connection refused"):
        send(mailer_for(f"smtp://127.0.0.1:{free_port()}"))


def test_no_such_host() -> None:
    with pytest.raises(MailServerAway, match=r"mail\.invalid port 587"):
        send(mailer_for("smtp://mail.invalid"))


@pytest.mark.parametrize(
    "answers",
    [
        [],
        [b"220 mail.test\r\n"],
        [b"220 mail.test\r\n", b"250 mail.test\r\n"],
        [b"220 mail.test\r\n", b"250 mail.test\r\n", b"250 OK\r\n", b"250 OK\r\n"],
        [b"220 mail.test\r\n", b"250 mail.test\r\n", b"250 OK\r\n", b"250 OK\r\n", b"354 go on\r\n"],
    ],
)
def test_a_server_that_falls_silent_is_left(answers: list[bytes]) -> None:
    with scripted(*answers) as port:
        mailer = attrs.evolve(mailer_for(f"smtp://127.0.0.1:{port}", seconds=0.3), taken_seconds=0.3)
        begun = time.monotonic()
        with pytest.raises(MailServerAway, match="timed out"):
            send(mailer)
        assert time.monotonic() - begun < 3


@pytest.mark.parametrize("url", ["smtps://127.0.0.1", "smtp://127.0.0.1"])
def test_a_server_that_is_none(url: str) -> None:
    with scripted(b"SSH-2.0-OpenSSH_9.6\r\n") as port, pytest.raises(MailServerAway):
        send(mailer_for(f"{url}:{port}", seconds=0.3))


def test_a_server_that_does_not_want_us() -> None:
    with (
        scripted(b"554 5.7.1 not you\r\n") as port,
        pytest.raises(MailServerAway, match=r"it answers 554 5\.7\.1"),
    ):
        send(mailer_for(f"smtp://127.0.0.1:{port}"))


def test_a_line_that_breaks_after_the_mail_brings_the_same_mail_again(new_mail_server: NewMailServer) -> None:
    server = new_mail_server(tls="none")
    server.drops_after_data = 1
    mailer, mail_id = mailer_for(server.url), EventId(uuid4())
    with pytest.raises(MailServerAway, match="closed"):
        mailer.send(MESSAGE, mail_id)
    mailer.send(MESSAGE, mail_id)
    first, second = server.taken
    assert f"<{mail_id}@fittrack.test>" == first.mail["Message-ID"] == second.mail["Message-ID"]


def test_a_mail_that_was_taken_is_taken_even_if_the_server_does_not_say_goodbye() -> None:
    hello = (b"220 mail.test\r\n", b"250 mail.test\r\n")
    with scripted(*hello, b"250 OK\r\n", b"250 OK\r\n", b"354 go on\r\n", b"250 OK\r\n") as port:
        send(mailer_for(f"smtp://127.0.0.1:{port}", seconds=0.3))


def test_a_long_mail_arrives_whole(new_mail_server: NewMailServer) -> None:
    server = new_mail_server(tls="none")
    body = "\n\n".join(f".{n} “{'Wörter ' * 20}” " + "x" * 500 for n in range(16))
    assert len(body.encode()) > 10_000
    send(mailer_for(server.url), attrs.evolve(MESSAGE, body=body))
    assert body in server.taken[0].body("plain")
    assert server.taken[0].raw.isascii()


@pytest.mark.parametrize("address", ["änn@example.com", "ann@exämple.com", "ann\r\n@example.com", "ann", "a@b> c"])
def test_what_is_no_address_is_never_asked_of_a_server(address: str) -> None:
    with pytest.raises(MailRefused, match="no address"):
        send(mailer_for("smtp://127.0.0.1:1"), attrs.evolve(MESSAGE, to=address))


def test_all_waits_together_are_shorter_than_the_relay_s() -> None:
    answers = 12  # connection, greeting, EHLO, STARTTLS, handshake, EHLO, AUTH and its answer, MAIL, RCPT, DATA, QUIT
    assert answers * ANSWER_SECONDS + TAKEN_SECONDS < HAND_OVER_WITHIN.total_seconds()
