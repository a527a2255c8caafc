"""What the tester's page is made of, and what it may do that the API does not offer. In development only."""

from collections.abc import Callable
from datetime import UTC, datetime
from importlib.resources import files
from typing import Final
from uuid import UUID

import attrs

from fittrack_adapters.demo import PASSWORD, DemoReport, logins, seed_demo
from fittrack_adapters.mail.box import MailNotFound
from fittrack_adapters.settings import without_password
from fittrack_adapters.store.memory import MemoryStore
from fittrack_adapters.store.migrate import Migratable
from fittrack_adapters.store.notices import BoxedMail
from fittrack_adapters.store.wiping import wipe
from fittrack_adapters.wiring import AnyStore, Installation
from fittrack_domain.identity.model import Role
from fittrack_domain.shared.errors import Conflict
from fittrack_domain.shared.ids import EventId
from fittrack_http.devtools.intermission import Intermission
from fittrack_http.listing import Listed, PageQuery
from fittrack_http.routes import Access, Content, Route

PAGE: Final = "text/html; charset=utf-8"
SCRIPT: Final = "text/javascript; charset=utf-8"
STYLE: Final = "text/css; charset=utf-8"
PAGE_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; frame-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
MAIL_HEADERS: Final = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'",
    "x-frame-options": "SAMEORIGIN",
}
"""Of a mail as a page: it may look as it likes, and do nothing."""

FILES: Final = {
    "page.css": STYLE,
    "api.js": SCRIPT,
    "forms.js": SCRIPT,
    "main.js": SCRIPT,
    "session.js": SCRIPT,
    "viewer.js": SCRIPT,
}


@attrs.frozen
class OnlyInMemory(Conflict):
    """A store in memory is emptied by starting the server anew, and filled before it serves."""

    code = "only_in_memory"

    def __str__(self) -> str:
        return "This server keeps everything in memory: start it anew to empty it."


@attrs.frozen
class DemoLogin:
    """Somebody of the demo to log in as."""

    email: str
    role: Role
    name: str | None


@attrs.frozen
class Surroundings:
    """Where one is, and who is there to log in as. Without a demo nobody is."""

    environment: str
    store: str
    password: str
    people: tuple[DemoLogin, ...]


@attrs.frozen
class Confirmed:
    """That it is really meant. A JSON body keeps pages of other origins from asking for it."""

    confirm: bool


@attrs.frozen
class SentMail:
    """A mail that was kept instead of sent. Older ones have no HTML."""

    id: UUID
    to: str
    subject: str
    text: str
    has_html: bool
    sent_at: datetime

    @classmethod
    def of(cls, mail: BoxedMail) -> "SentMail":
        return cls(mail.id, mail.recipient, mail.subject, mail.body, mail.html is not None, mail.sent_at)


def devtools_routes(installation: Installation, intermission: Intermission) -> tuple[Route, ...]:
    """The routes of the page and what it needs. Not part of the API, nor of its reference."""
    settings, fittrack, box = installation.settings, installation.fittrack, installation.mail_box

    def surroundings() -> Surroundings:
        """Tell where one is."""
        people = (DemoLogin(m.account.email, m.account.role, m.profile.display_name) for m in logins(fittrack))
        store = without_password(settings.database_url)
        return Surroundings(settings.environment.value, store, PASSWORD, tuple(people))

    def seed(body: Confirmed) -> DemoReport:  # noqa: ARG001  # its presence is what counts
        """Fill the database with the demo."""
        _lasting(installation.store)
        with intermission.silence():
            return seed_demo(settings, now=datetime.now(UTC))

    def reset(body: Confirmed) -> None:  # noqa: ARG001
        """Empty the database."""
        with intermission.silence():
            wipe(_lasting(installation.store))
            installation.keys.forget()

    def mails(query: PageQuery) -> Listed[SentMail]:
        """List sent mail."""
        return Listed.of(box.page(query.paging).map(SentMail.of))

    def mail(mail_id: EventId) -> Content:
        """Show a mail as its reader would see it."""
        html = box.mail(mail_id).html
        if html is None:
            raise MailNotFound(mail_id)
        return Content(html.encode(), PAGE, MAIL_HEADERS)

    return (
        *_pages(),
        _route("GET", "/devtools/surroundings", surroundings),
        _route("POST", "/devtools/seed", seed),
        _route("POST", "/devtools/reset", reset, status=204),
        _route("GET", "/devtools/mail", mails),
        _route("GET", "/devtools/mail/{mail_id}", mail, problems=(MailNotFound,)),
    )


def _lasting(store: AnyStore) -> Migratable:
    if isinstance(store, MemoryStore):
        raise OnlyInMemory
    return store


def _pages() -> tuple[Route, ...]:
    folder = files("fittrack_http.devtools")
    page = Content(folder.joinpath("page.html").read_bytes(), PAGE, {"content-security-policy": PAGE_POLICY})
    contents = {name: Content(folder.joinpath(name).read_bytes(), kind) for name, kind in FILES.items()}
    return (
        _route("GET", "/devtools", _shown(page)),
        *(_route("GET", f"/devtools/{name}", _shown(content), inline=True) for name, content in contents.items()),
    )


def _shown(content: Content) -> Callable[[], Content]:
    def show() -> Content:
        return content

    return show


def _route(method: str, path: str, handler: Callable[..., object], **more: object) -> Route:
    return Route(method, path, handler, Access.ANYONE, "Devtools", limited=False, **more)  # type: ignore[arg-type]
