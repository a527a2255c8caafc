"""What mails look like."""

import re
from datetime import timedelta
from html import unescape

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fittrack_adapters.mail.rendering import rendered
from fittrack_domain.access.model import Purpose
from fittrack_domain.notices.model import Enclosure, Message

APP = "https://app.example.com/fit"
MESSAGE = Message("ann@example.com", "Ann", "Subject", "First.\n\nSecond,\nin two lines.")
texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=60)


def enclosing(purpose: Purpose, token: str = "tok-en_1") -> Message:
    return attrs.evolve(MESSAGE, enclosed=Enclosure(purpose, token))


def words_of(html: str) -> list[str]:
    """What a reader sees of the page, a link's address once."""
    body = html.partition("<body>")[2]
    return unescape(re.sub(r"<[^>]*>", " ", body)).split()


@settings(deadline=None)
@given(texts, texts, texts, st.sampled_from([None, *Purpose]), st.sampled_from([None, APP]), st.booleans())
def test_text_and_html_say_the_same(
    name: str, first: str, second: str, purpose: Purpose | None, app_url: str | None, in_app: bool
) -> None:
    enclosed = None if purpose is None else Enclosure(purpose, "tok-en_1")
    message = Message("ann@example.com", name, "Subject", f"{first}\n\n{second}", enclosed, in_app)
    mail = rendered(message, app_url)
    link = re.escape(app_url or "nowhere")
    text = re.sub(rf":(?=\s+{link})", "", mail.text)  # a button needs no colon
    assert text.split() == words_of(mail.html)


@pytest.mark.parametrize(
    ("purpose", "page", "good_for"),
    [
        (Purpose.VERIFY_EMAIL, "verify-email", "24 hours"),
        (Purpose.RESET_PASSWORD, "reset-password", "one hour"),
        (Purpose.APPEAL, "appeal", "30 days"),
    ],
)
def test_a_token_becomes_a_link_into_the_client(purpose: Purpose, page: str, good_for: str) -> None:
    mail = rendered(enclosing(purpose), APP)
    link = f"{APP}/{page}?token=tok-en_1"
    assert f":\n\n{link}\n\nThis link is good for {good_for}, and once." in mail.text
    assert f'<a class="button" href="{link}">' in mail.html
    assert f'<a href="{link}">{link}</a>' in mail.html


@pytest.mark.parametrize("purpose", Purpose)
def test_without_a_client_the_token_is_shown_with_what_to_do(purpose: Purpose) -> None:
    mail = rendered(enclosing(purpose), None)
    assert re.search(r"\nTo .+, enter this token in the app:\n\ntok-en_1\n\nThis token is good for ", mail.text)
    assert "href" not in mail.html


def test_a_token_is_written_into_an_address_as_addresses_are_written() -> None:
    mail = rendered(enclosing(Purpose.APPEAL, 'a&b="c"'), APP)
    assert "token=a%26b%3D%22c%22" in mail.text


def test_paragraphs_and_lines_are_kept() -> None:
    mail = rendered(MESSAGE, None)
    assert mail.text == (
        "Hello Ann,\n\nFirst.\n\nSecond,\nin two lines.\n\nFitTrack\n\n"
        "You find this message also under your notifications in the app.\n"
    )
    assert "<p>First.</p>\n<p>Second,<br>in two lines.</p>" in mail.html


def test_what_is_not_in_the_app_is_not_said_to_be() -> None:
    assert rendered(attrs.evolve(MESSAGE, in_app=False), None).text.endswith("\n\nFitTrack\n")


def test_html_loads_nothing_from_anywhere_and_fits_into_the_box() -> None:
    body = "<&\"'>" * 400
    mail = rendered(attrs.evolve(enclosing(Purpose.APPEAL), name="'" * 50, body=body), APP)
    assert {f"{APP}/appeal?token=tok-en_1"} == set(re.findall(r'(?:href|src|url)\W+([^"]+)"', mail.html))
    assert "<img" not in mail.html
    assert "<script" not in mail.html
    assert len(mail.html) < 20_000


def test_neither_token_nor_words_are_shown_by_accident() -> None:
    assert "tok-en_1" not in repr(rendered(enclosing(Purpose.APPEAL), APP))


def test_every_token_s_life_can_be_said() -> None:
    assert {timedelta(hours=24), timedelta(hours=1), timedelta(days=30)} == {purpose.life for purpose in Purpose}
