"""The addresses of mail servers and senders, as settings say them."""

import pytest

from fittrack_adapters.mail.addresses import Encryption, Sender, SmtpServer


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example.com", SmtpServer("mail.example.com", 587, Encryption.STARTTLS)),
        ("smtp://ann:pw@mail.example.com:25", SmtpServer("mail.example.com", 25, Encryption.STARTTLS, "ann", "pw")),
        ("smtps://mail.example.com/", SmtpServer("mail.example.com", 465, Encryption.FROM_THE_START)),
        ("smtp://mail.example.com?starttls=off", SmtpServer("mail.example.com", 587, Encryption.NONE)),
        ("smtp://localhost:1025", SmtpServer("localhost", 1025, Encryption.NONE)),
        ("smtp://127.0.0.1:1025", SmtpServer("127.0.0.1", 1025, Encryption.NONE)),
        ("smtp://[::1]:1025", SmtpServer("::1", 1025, Encryption.NONE)),
        ("smtp://localhost?starttls=required", SmtpServer("localhost", 587, Encryption.STARTTLS)),
        ("smtps://a%40b.c:p%2F%3Aw@mail", SmtpServer("mail", 465, Encryption.FROM_THE_START, "a@b.c", "p/:w")),
    ],
)
def test_the_address_of_a_mail_server(url: str, server: SmtpServer) -> None:
    assert server == SmtpServer.of(url)


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("http://mail.example.com", "must be smtp://"),
        ("mail.example.com", "must be smtp://"),
        ("smtp://", "must be smtp://"),
        ("smtp://ann:s3/cret@mail.example.com", "must have a host and a port number"),
        ("smtp://ann:s3cret@mail.example.com/inbox", "must be smtp://"),
        ("smtp://ann:s3cret@mail.example.com:s3cret", "must have a host and a port number"),
        ("smtp://ann:s3cret@mail.example.com:99999", "must have a host and a port number"),
        ("smtp://ann@mail.example.com", "must name both user and password"),
        ("smtp://ann:s%C3%A9cret@mail.example.com", "ASCII characters only"),
        ("smtp://mail.example.com?tls=off", "may end in"),
        ("smtp://mail.example.com?starttls=maybe", "may end in"),
        ("smtps://mail.example.com?starttls=off", "may end in"),
    ],
)
def test_what_is_no_address_of_a_mail_server_is_refused_without_being_repeated(url: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault) as refused:
        SmtpServer.of(url)
    assert "cret" not in str(refused.value)


def test_a_password_is_never_shown() -> None:
    server = SmtpServer.of("smtp://ann:s3cret@mail.example.com")
    assert "s3cret" not in f"{server} {server!r}"


@pytest.mark.parametrize(("url", "exposed"), [("smtp://mail?starttls=off", True), ("smtp://localhost", False)])
def test_who_may_read_along(url: str, exposed: bool) -> None:
    assert exposed is SmtpServer.of(url).is_exposed


@pytest.mark.parametrize(
    ("text", "sender"),
    [
        ("no-reply@example.com", Sender("no-reply@example.com")),
        ("<no-reply@example.com>", Sender("no-reply@example.com")),
        ("FitTrack <no-reply@example.com>", Sender("no-reply@example.com", "FitTrack")),
        ('"Fit, Track" <no-reply@example.com>', Sender("no-reply@example.com", "Fit, Track")),
        ("Fité <no-reply@example.com>", Sender("no-reply@example.com", "Fité")),
    ],
)
def test_whom_mail_is_from(text: str, sender: Sender) -> None:
    assert sender == Sender.of(text)
    assert "example.com" == sender.domain


@pytest.mark.parametrize(
    "text",
    [
        "",
        "FitTrack",
        "no-reply@",
        "no reply@example.com",
        "a@b.c, d@e.f",
        "FitTrack no-reply@example.com>",
        "FitTrack <no-reply@example.com",
        "Fit\nTrack <no-reply@example.com>",
        f"{'x' * 81} <no-reply@example.com>",
    ],
)
def test_what_is_no_sender_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must"):
        Sender.of(text)
