"""The look of a mail: the same words as text and as HTML, from one pair of templates."""

from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import attrs

from fittrack_domain.access.model import Purpose
from fittrack_domain.notices.model import Enclosure, Message

if TYPE_CHECKING:
    from jinja2 import Environment


@attrs.frozen
class RenderedMail:
    """A mail as it is sent or kept."""

    subject: str
    text: str = attrs.field(repr=False)
    html: str = attrs.field(repr=False)


@attrs.frozen
class Use:
    """What an enclosed token is for: the page of the client that takes it, and what to do there."""

    page: str
    label: str
    by_hand: str


USES: Final[Mapping[Purpose, Use]] = {
    Purpose.VERIFY_EMAIL: Use("verify-email", "Verify my email", "To verify your email, enter this token in the app"),
    Purpose.RESET_PASSWORD: Use(
        "reset-password", "Choose a new password", "To choose a new password, enter this token in the app"
    ),
    Purpose.APPEAL: Use("appeal", "Appeal", "To appeal, enter this token in the app"),
}


@attrs.frozen
class Action:
    """What a mail asks its reader to do. Without a `link` they carry the `token` themselves."""

    lead: str
    token: str
    link: str | None
    good_for: str


def rendered(message: Message, app_url: str | None) -> RenderedMail:
    """The message in text and HTML. A token becomes a link into the client at `app_url`, if there is one."""
    facts = {
        "subject": one_line(message.subject),
        "name": None if message.name is None else one_line(message.name),
        "paragraphs": [paragraph.splitlines() for paragraph in message.body.split("\n\n")],
        "action": None if message.enclosed is None else _action(message.enclosed, app_url),
        "in_app": message.in_app,
    }
    text, html = (_environment().get_template(f"mail.{kind}").render(facts) for kind in ("txt", "html"))
    return RenderedMail(one_line(message.subject), text, html)


def one_line(text: str) -> str:
    """The text without line breaks and control characters, fit for a header."""
    return " ".join("".join(char if char.isprintable() or char == "\u200d" else " " for char in text).split())


def _action(enclosed: Enclosure, app_url: str | None) -> Action:
    use = USES[enclosed.purpose]
    link = None if app_url is None else f"{app_url}/{use.page}?token={quote(enclosed.token, safe='')}"
    return Action(use.by_hand if link is None else use.label, enclosed.token, link, _span(enclosed.purpose.life))


def _span(life: timedelta) -> str:
    hours = life // timedelta(hours=1)
    if hours == 1:
        return "one hour"
    return f"{hours} hours" if hours <= 48 else f"{life.days} days"  # noqa: PLR2004  # as one says it


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape  # noqa: PLC0415  # takes 0.1 s

    return Environment(
        loader=PackageLoader("fittrack_adapters.mail"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
