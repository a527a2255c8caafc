"""FitTrack with a gate to test: passwords are looked at in plain sight, mail is read, and time stands still."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from fittrack_adapters.denials import CachedDenyList
from fittrack_adapters.in_process import ProcessCache
from fittrack_adapters.store.access import CREDENTIALS, ONE_TIME_TOKENS, REFRESH_TOKENS, SESSIONS
from fittrack_adapters.store.shared import OUTBOX
from fittrack_adapters.store.tables import Table, json_converter
from fittrack_adapters.testing import CountingIds, FixedEntropy, PlainHasher, StoppedClock
from fittrack_adapters.testing.builders import PASSWORD
from fittrack_domain.access.errors import NotLoggedIn
from fittrack_domain.access.model import Client, Purpose, Tokens
from fittrack_domain.access.registration import NewAccount
from fittrack_domain.identity.model import Account
from fittrack_domain.notices.model import Message
from fittrack_domain.shared.events import Event
from fittrack_domain.shared.ids import EventId, MemberId
from tests.domain.notices.house import House
from tests.stores import AnyStore

HOME = Client("203.0.113.5", "Firefox on Linux")
AWAY = Client("198.51.100.7")
ANOTHER_PASSWORD = "Another-horse-2"
WRONG_PASSWORD = "Wrong-horse-3"


class WatchedHasher:
    """A `PasswordHasher` that notes how often it is asked. `meanwhile` happens while it looks at a password."""

    def __init__(self) -> None:
        self.plain = PlainHasher()
        self.looks: list[str | None] = []
        self.meanwhile: Callable[[], object] | None = None

    def hash(self, password: str) -> str:
        return self.plain.hash(password)

    def verify(self, password_hash: str | None, password: str) -> bool:
        self.looks.append(password_hash)
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            meanwhile()
        return self.plain.verify(password_hash, password)

    def is_outdated(self, password_hash: str) -> bool:
        return self.plain.is_outdated(password_hash)


class Letters:
    """A `Mailer` that keeps what it is given."""

    def __init__(self) -> None:
        self.sent: list[Message] = []

    def send(self, message: Message, _message_id: EventId) -> None:
        self.sent.append(message)


class Gatehouse(House):
    """One process of an installation; `seed` tells two of the same apart."""

    def __init__(self, store: AnyStore, clock: StoppedClock, seed: int = 0) -> None:
        self.hasher = WatchedHasher()
        self.letters = Letters()
        self.cache = ProcessCache(timer=lambda: clock.now().timestamp())
        ids = CountingIds(clock, seed=seed + 1)
        super().__init__(
            store,
            clock,
            ids=ids,
            entropy=FixedEntropy(seed),
            mailer=self.letters,
            hasher=self.hasher,
            cache=self.cache,
            deny_list=CachedDenyList(self.cache),
        )
        self.ids = ids
        self.registration = self.fittrack.registration
        self.sessions = self.fittrack.sessions
        self.passwords = self.fittrack.passwords
        self.identity = self.fittrack.identity

    def register(self, email: str = "ann@example.com", **stated: Any) -> Account:
        return self.registration.register(application(email, **stated))

    def join(self, email: str = "ann@example.com") -> MemberId:
        """Registers and verifies."""
        self.register(email)
        [token] = self.mailed(Purpose.VERIFY_EMAIL, email)
        return self.registration.verify_email(token).id

    def log_in(
        self,
        email: str = "ann@example.com",
        password: str = PASSWORD,
        client: Client = HOME,
        device: str | None = None,
    ) -> Tokens:
        return self.sessions.log_in(email, password, client, device).tokens

    def refresh(self, tokens: Tokens, client: Client = HOME) -> Tokens:
        return self.sessions.refresh(tokens.refresh_token, client).tokens

    def lets_in(self, tokens: Tokens) -> bool:
        try:
            self.sessions.admit(tokens.access_token)
        except NotLoggedIn:
            return False
        return True

    def mailed(self, purpose: Purpose, email: str = "ann@example.com") -> list[str]:
        """The tokens that came by mail, the oldest first."""
        self.fittrack.relay.drain()
        return [
            message.enclosed.token
            for message in self.letters.sent
            if message.to == email and message.enclosed is not None and message.enclosed.purpose is purpose
        ]

    def recorded(self, *kinds: type[Event]) -> list[Event]:
        """The events of these kinds, the oldest first."""
        by_name = {kind.__name__: kind for kind in kinds}
        with self.store.reading() as tx:
            rows = tx.rows(OUTBOX).where(order=("id",))
        return [json_converter.structure(row.body, by_name[row.kind]) for row in rows if row.kind in by_name]

    def audited(self) -> list[str]:
        """Every action in the audit log, the oldest first."""
        with self.store.reading() as tx:
            return [entry.action for entry in tx.audit.each()]

    def kept(self) -> dict[str, list[Any]]:
        """All rows that let members in."""
        tables: tuple[Table[Any], ...] = (CREDENTIALS, SESSIONS, REFRESH_TOKENS, ONE_TIME_TOKENS)
        with self.store.reading() as tx:
            return {table.name: tx.rows(table).where() for table in tables}

    def later(self, **by: int) -> None:
        self.clock.advance(timedelta(**by))


def application(email: str = "ann@example.com", **stated: Any) -> NewAccount:
    """What somebody states who wants to join."""
    new = {
        "email": email,
        "password": PASSWORD,
        "date_of_birth": date(1990, 6, 15),
        "state_of_residence": "CA",
        "accepted_terms": True,
        "accepted_sweepstakes_rules": True,
    }
    return NewAccount(**{**new, **stated})
