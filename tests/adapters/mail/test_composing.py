"""Mails in the form in which servers exchange them."""

import email
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr
from typing import Any
from uuid import UUID

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fittrack_adapters.mail.addresses import Sender
from fittrack_adapters.mail.composing import composed
from fittrack_adapters.mail.rendering import RenderedMail, one_line
from fittrack_domain.shared.ids import EventId

MAIL_ID = EventId(UUID("0197a3c2-7f6e-7d1a-9b2e-3c4d5e6f7a8b"))
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
ENCODED_WORD = "=?utf-8?q?a=0D=0ABcc:_eve@example.com?="
lines = st.text(max_size=120) | st.lists(
    st.sampled_from([ENCODED_WORD, "Crème", "漢字", "won:", '"', ",", ";", "<eve@example.com>", "(x", "\r\n", "🏃"])
).map(" ".join)


def sent(subject: str = "Subject", name: str | None = "Ann", text: str = "Text\n", **more: Any) -> bytes:
    sender = more.get("sender", Sender("no-reply@fittrack.test", "FitTrack"))
    mail = RenderedMail(one_line(subject), text, "<p>Text</p>\n")
    raw = composed(mail, sender, "ann@example.com", name, MAIL_ID, NOW)
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(map(len, raw.split(b"\r\n"))) <= 78
    return raw


def parsed(raw: bytes) -> EmailMessage:
    mail = email.message_from_bytes(raw, policy=default)
    assert isinstance(mail, EmailMessage)
    return mail


def mailbox(raw: bytes, header: str) -> tuple[str, str]:
    """Name and address. Of names, `email.policy` loses blanks in reading, too."""
    name, address = parseaddr(email.message_from_bytes(raw)[header])
    return str(make_header(decode_header(name))), address


@settings(deadline=None)
@given(lines, lines)
@example(ENCODED_WORD, ENCODED_WORD)
@example("x" * 200, "x" * 50)
def test_whatever_stands_in_subject_and_name_stays_there(subject: str, name: str) -> None:
    raw = sent(subject, name)
    assert parsed(raw).keys() == [
        *("Content-Type", "MIME-Version", "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted")
    ]
    assert one_line(subject) == parsed(raw)["Subject"]
    assert (one_line(name), "ann@example.com") == mailbox(raw, "To")


def test_headers_say_whom_it_is_from_when_which_one_and_that_nobody_wrote_it() -> None:
    mail = parsed(sent())
    assert "FitTrack <no-reply@fittrack.test>" == mail["From"]
    assert "Mon, 02 Mar 2026 12:00:00 +0000" == mail["Date"]
    assert f"<{MAIL_ID}@fittrack.test>" == mail["Message-ID"]
    assert "auto-generated" == mail["Auto-Submitted"]


def test_the_last_form_is_the_best_one() -> None:
    mail = parsed(sent())
    assert "multipart/alternative" == mail.get_content_type()
    assert ["text/plain", "text/html"] == [part.get_content_type() for part in mail.iter_parts()]


@pytest.mark.parametrize("name", ["Fit, Track", 'The "Fit" Track', "Fité <x@y.z>"])
def test_a_sender_s_name_may_have_any_characters(name: str) -> None:
    sender = Sender("no-reply@fittrack.test", name)
    assert (name, "no-reply@fittrack.test") == mailbox(sent(sender=sender), "From")


@pytest.mark.parametrize("name", [None, "", "\x00"])
def test_who_has_no_name_is_written_to_at_the_address_alone(name: str | None) -> None:
    assert "ann@example.com" == parsed(sent(name=name))["To"]


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]) | st.just("\n"), max_size=400))
@example("From here\n.\n..\n" + "é" * 3_000)
def test_any_text_comes_back(text: str) -> None:
    part = parsed(sent(text=text)).get_body(("plain",))
    assert part is not None
    assert text == part.get_content().replace("\r\n", "\n")
