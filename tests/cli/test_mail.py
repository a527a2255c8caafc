"""`fittrack mail`, and what the doctor says of mail."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import attrs
import pytest

from tests.mail_server import MailServer, settings_for


def mail_of(cli: Any, subject: str) -> dict[str, Any]:
    [mail] = [mail for mail in cli.json("mail", "list", "--limit", 100)["items"] if subject in mail["subject"]]
    return dict(mail)


def test_mail_that_was_not_sent_is_listed_the_newest_first(cli: Any) -> None:
    cli.text("members", "suspend", "ann@example.com", "--reason", "Two accounts")
    newest, *older = cli.json("mail", "list")["items"]
    assert ("ann@example.com", "Your account is suspended") == (newest["to"], newest["subject"])
    assert [] != older
    assert "Your account is suspended" in cli.text("mail", "list").splitlines()[3]
    told = cli.json("mail", "list", "--to", "ann@example.com")["items"]
    assert {"ann@example.com"} == {mail["to"] for mail in told}
    assert [] == cli.json("mail", "list", "--to", "nobody@example.com")["items"]


def test_a_mail_is_shown_as_text_or_as_html(cli: Any) -> None:
    cli.text("members", "suspend", "ann@example.com", "--reason", "<Two> accounts")
    mail_id = mail_of(cli, "suspended")["mailId"]
    text = cli.text("mail", "show", mail_id)
    assert text.startswith("To:      ann@example.com\nSubject: Your account is suspended\nSent:    ")
    assert "\n\nHello ann of Example,\n\nYour FitTrack account was suspended: <Two> accounts\n\n" in text
    html = cli.text("mail", "show", mail_id, "--html")
    assert html.startswith("<!doctype html>")
    assert "&lt;Two&gt; accounts" in html
    document = cli.json("mail", "show", mail_id)
    assert text.endswith(document["text"] + "\n")
    assert html == document["html"] + "\n"


def test_a_mail_leads_into_the_client_if_there_is_one(cli: Any) -> None:
    led = attrs.evolve(cli, env={**cli.env, "FITTRACK_APP_URL": "https://app.example.com/"})
    led.text("members", "suspend", "ann@example.com", "--reason", "Two accounts")
    assert "https://app.example.com/appeal?token=" in cli.text("mail", "show", mail_of(cli, "suspended")["mailId"])


def test_a_mail_that_is_not_there(cli: Any) -> None:
    assert "There is no mail" in cli.refusal("mail", "show", uuid4())
    cli.misuse("mail", "show", "first")


@pytest.fixture
def with_server(cli: Any, new_mail_server: Callable[..., MailServer]) -> tuple[Any, MailServer]:
    """The command line of an installation with a mail server."""
    server = new_mail_server(tls="none", auth=True)
    return attrs.evolve(cli, env={**cli.env, **settings_for(server)}), server


def test_commands_send_the_mail_that_follows_from_them(with_server: tuple[Any, MailServer]) -> None:
    cli, server = with_server
    cli.text("members", "suspend", "ann@example.com", "--reason", "Two accounts")
    assert ["Your account is suspended"] == [taken.mail["Subject"] for taken in server.taken]
    assert not [mail for mail in cli.json("mail", "list")["items"] if "suspended" in mail["subject"]]


def test_a_command_does_what_it_does_without_the_mail_server(with_server: tuple[Any, MailServer]) -> None:
    cli, server = with_server
    server.answers["RCPT"] = "450 4.2.1 later"
    result = cli("members", "suspend", "ann@example.com", "--reason", "Two accounts")
    assert 0 == result.exit_code
    assert "Status: suspended" in result.stdout
    assert "mail not sent" in result.stderr
    assert "ann" not in result.stderr


def test_demo_people_get_no_real_mail(nowhere: Any, new_mail_server: Callable[..., MailServer]) -> None:
    server = new_mail_server(tls="none")
    cli = attrs.evolve(nowhere, env={**nowhere.env, **settings_for(server)})
    cli.text("db", "migrate")
    cli.text("demo")
    assert [] == server.taken
    assert 0 < cli.json("mail", "list")["pagination"]["totalItems"] <= 1_000


def found(cli: Any) -> tuple[str, str]:
    [it] = [check for check in json.loads(cli("doctor", "--json").stdout)["checks"] if check["name"] == "mail"]
    return it["status"], it["detail"]


def test_the_doctor_says_where_mail_goes(cli: Any) -> None:
    assert ("ok", "none is sent. It is kept to be looked at: fittrack mail list") == found(cli)


def test_the_doctor_goes_as_far_as_a_mail_would(with_server: tuple[Any, MailServer]) -> None:
    cli, server = with_server
    assert ("ok", f"127.0.0.1 port {server.port} answers, not encrypted, logged in") == found(cli)
    assert (["fittrack"], []) == (server.log_ins, server.taken)
    wrong = attrs.evolve(cli, env={**cli.env, "FITTRACK_SMTP_URL": server.url.replace("p%40ss", "s3cret")})
    status, detail = found(wrong)
    assert "problem" == status
    assert "it answers 535 5.7.8" in detail
    assert "s3cret" not in detail


def test_the_doctor_warns_of_a_line_that_others_may_read(
    with_server: tuple[Any, MailServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    from fittrack_adapters.mail import addresses

    monkeypatch.setattr(addresses, "_is_loopback", lambda _: False)
    assert "warning" == found(with_server[0])[0]
