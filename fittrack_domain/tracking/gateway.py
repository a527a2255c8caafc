"""The gateway, as a port: the service between us and the makers of trackers. What it tells, it tells in these words."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta, tzinfo
from typing import Final, Protocol

import attrs

from fittrack_domain.tracking.intake import Deletion
from fittrack_domain.tracking.model import ActivityReport, Provider

SIGNATURE_TOLERANCE: Final = timedelta(minutes=5)
"""So far the time in a signature may lie from ours, either way."""


@attrs.frozen
class TrackerUser:
    """Whom the gateway means: one account at one maker, signed in for one of our members.

    `key` is the gateway's name for it. `provider` is None for makers whose trackers we do not take. `reference` is what
    we handed over when the sign-in was begun.
    """

    key: str = attrs.field(repr=False)
    provider: Provider | None
    reference: str | None = attrs.field(repr=False)


@attrs.frozen
class Told:
    """What an event says. As such: nothing that is acted on. `kind` is the gateway's word for it."""

    kind: str
    user: TrackerUser | None = None


@attrs.frozen
class News(Told):
    """What is acted on."""

    user: TrackerUser


@attrs.frozen
class SignedIn(News):
    """The user has signed in, and is followed from now on."""


@attrs.frozen
class SignedInAgain(News):
    """The user is the same account as `former`, and takes its place."""

    former: TrackerUser | None = None


@attrs.frozen
class SignedOut(News):
    """The user is not followed any more: they said so here or at their maker, and the gateway has forgotten them."""


@attrs.frozen
class Failing(News):
    """The maker refuses the gateway for this user. Perhaps for a while, perhaps until they sign in again."""


@attrs.frozen
class Brought(News):
    """The user's activities. `unread` says what could not be read among them."""

    reports: tuple[ActivityReport, ...] = ()
    deletions: tuple[Deletion, ...] = ()
    unread: tuple[str, ...] = ()


@attrs.frozen
class Unwanted(Told):
    """Data about the user that we have no use for, and therefore do not keep."""


@attrs.frozen
class Garbled(Told):
    """An event that should be acted on, and is not in the shape that we know; `reason` says where."""

    reason: str = ""


@attrs.frozen
class Opened:
    """A delivery that is the gateway's, by its signature.

    Attributes:
        trace_id: Names the delivery: the same when it is sent again.
        signature: Over the body and the time of sending: another when it is sent again.
        source_order: The ordering timestamp, in milliseconds: of two that say different things, the higher is right.
    """

    trace_id: str
    signature: str
    source_order: int


@attrs.frozen
class WebSignIn:
    """The member goes on at this address, in a browser."""

    url: str


@attrs.frozen
class PhoneSignIn:
    """The member goes on in the app on their phone, to which this token is good once."""

    token: str = attrs.field(repr=False)
    seconds: int


class TrackerGateway(Protocol):
    """Signs members in at the makers of their trackers, follows these, and sends what they report.

    It keeps and renews the makers' tokens; we never see any. Every method may raise `Unavailable`:
    `GatewayNotConfigured`, and those that ask over the network `GatewayUnreachable` or `GatewayBusy`. Such methods are
    called outside of transactions only.
    """

    def is_on_phone(self, provider: Provider) -> bool:
        """Whether only an app on the member's phone can sign in there, and brings the data by itself."""
        ...

    def sign_in(self, provider: Provider, reference: str, state: str) -> WebSignIn | PhoneSignIn:
        """Begins a sign-in. The user that comes of it carries `reference`; `state` comes back with the member."""
        ...

    def user(self, key: str) -> TrackerUser:
        """A user who has signed in. Raises `TrackerUserUnknown`."""
        ...

    def ask(self, key: str, first: date, last: date) -> None:
        """Asks for the user's activities on these days; they come as an event. Raises `TrackerUserUnknown`."""
        ...

    def revoke(self, key: str) -> None:
        """Lets the gateway forget the user, and give back its access. Of one that it does not know, nothing to do."""
        ...

    def opened(self, body: bytes, headers: Mapping[str, str], now: datetime) -> Opened:
        """Makes sure that the gateway sent these bytes, within `SIGNATURE_TOLERANCE` of `now`.

        Raises `NotFromGateway`. Names of headers are in lower case.
        """
        ...

    def read(self, body: bytes, source_order: int, local: tzinfo) -> Told:
        """What the bytes of an event say. Times without an offset are taken as `local` ones.

        Raises `UnreadableEvent` for what is not an event at all.
        """
        ...
