"""Trackers over HTTP. No answer holds a token of theirs."""

from datetime import date, datetime
from typing import Annotated, Final, Self
from uuid import UUID

import attrs
from annotated_types import Len

from fittrack_domain.app import FitTrack
from fittrack_domain.identity.errors import MemberNotFound
from fittrack_domain.shared.ids import ConnectionId, MemberId
from fittrack_domain.shared.requests import Request
from fittrack_domain.tracking import errors
from fittrack_domain.tracking.gateway import PhoneSignIn, WebSignIn
from fittrack_domain.tracking.linking import Begun
from fittrack_domain.tracking.model import Connection, Provider, SyncStatus
from fittrack_http.auth import AdminsOnly, Caller, own_or_as_admin
from fittrack_http.routes import Access, Exchange, Given, Route
from fittrack_http.structuring import UUID_FORM, Pattern
from fittrack_http.tracking import OwnerQuery

TAG: Final = "Trackers"

PROVIDERS: Final = "|".join(provider.value for provider in Provider)
TrackerName = Annotated[str, Pattern(f"{PROVIDERS}|{UUID_FORM.pattern}", "a provider or the id of a connection")]
TrackerUserKey = Annotated[str, Len(1, 200)]
State = Annotated[str, Len(1, 100)]


@attrs.frozen
class ConnectionOut:
    """A tracker of a member. Of several the primary one's reports count."""

    connection_id: ConnectionId
    provider: Provider
    is_primary: bool
    connected_on: date
    sync_status: SyncStatus
    last_sync_at: datetime | None
    error_message: str | None

    @classmethod
    def of(cls, connection: Connection) -> Self:
        return cls(
            connection_id=connection.id,
            provider=connection.provider,
            is_primary=connection.is_primary,
            connected_on=connection.connected_on,
            sync_status=connection.sync_status,
            last_sync_at=connection.last_sync_at,
            error_message=connection.error_message,
        )


@attrs.frozen
class Connections:
    """The trackers of a member, at most one for each provider."""

    items: tuple[ConnectionOut, ...]


@attrs.frozen(kw_only=True)
class NewConnection:
    """A connection whose data is imported. `trackerUserKey` is what the source calls the tracker's owner."""

    user_id: MemberId
    provider: Provider
    tracker_user_key: Annotated[str, Len(1, 255)] | None = None
    connected_on: date | None = None


@attrs.frozen(kw_only=True)
class SignInOut:
    """How the sign-in goes on, and the state to come back with.

    Either in a browser, at `authorizationUrl`; or in an app on the phone, to which `sdkToken` is good once, with
    `referenceId` as the name of its user.
    """

    authorization_url: str | None
    sdk_token: str | None
    sdk_token_expires_in: int | None
    reference_id: str
    state: str

    @classmethod
    def of(cls, begun: Begun) -> Self:
        by_phone = begun.goes_on if isinstance(begun.goes_on, PhoneSignIn) else None
        return cls(
            authorization_url=begun.goes_on.url if isinstance(begun.goes_on, WebSignIn) else None,
            sdk_token=None if by_phone is None else by_phone.token,
            sdk_token_expires_in=None if by_phone is None else by_phone.seconds,
            reference_id=begun.reference,
            state=begun.state,
        )


@attrs.frozen(kw_only=True)
class SignInDone:
    """The state of the sign-in, and the id that the tracker's user has got at Terra."""

    state: State = attrs.field(repr=False)
    tracker_user_id: TrackerUserKey = attrs.field(repr=False)


def connections(fittrack: FitTrack, caller: Caller, query: OwnerQuery) -> Connections:
    """List your trackers.

    Disconnected ones too. Sorted by when they were first connected.
    """
    found = fittrack.tracking.connections(own_or_as_admin(caller, query.user_id))
    return Connections(tuple(map(ConnectionOut.of, found)))


def connection(fittrack: FitTrack, caller: Caller, tracker: TrackerName, query: OwnerQuery) -> ConnectionOut:
    """Show one of your trackers."""
    return ConnectionOut.of(_named(fittrack, own_or_as_admin(caller, query.user_id), tracker))


def create_connection(
    fittrack: FitTrack, caller: Caller, body: NewConnection, request: Request | None
) -> ConnectionOut:
    """Create a connection for a member.

    Its data is imported. A tracker that brings its data by itself is connected by its member, who signs in.
    """
    created = fittrack.tracking.connect(
        body.user_id,
        body.provider,
        body.tracker_user_key,
        body.connected_on,
        actor=caller.member_id,
        request=request,
    )
    return ConnectionOut.of(created)


def initiate(fittrack: FitTrack, caller: Caller, provider: Provider) -> SignInOut:
    """Begin to connect a tracker.

    Go on as the answer says, then call the callback within an hour.
    """
    return SignInOut.of(fittrack.linking.begin(caller.member_id, provider))


def callback(fittrack: FitTrack, caller: Caller, provider: Provider, body: SignInDone) -> ConnectionOut:
    """Complete the connection of a tracker.

    The first sync begins by itself.
    """
    done = fittrack.linking.complete(caller.member_id, provider, body.state, body.tracker_user_id)
    return ConnectionOut.of(done)


def make_primary(fittrack: FitTrack, caller: Caller, provider: Provider) -> ConnectionOut:
    """Prefer this tracker.

    From now on its reports count where several trackers report the same activity.
    """
    own = fittrack.tracking.connection_at(caller.member_id, provider)
    return ConnectionOut.of(fittrack.tracking.make_primary(caller.member_id, own.id))


def sync(fittrack: FitTrack, caller: Caller, provider: Provider) -> ConnectionOut:
    """Have this tracker asked for its data.

    Its answer comes within minutes. At most once in five minutes.
    """
    own = fittrack.tracking.connection_at(caller.member_id, provider)
    return ConnectionOut.of(fittrack.syncing.force(caller.member_id, own.id))


def disconnect(fittrack: FitTrack, caller: Caller, tracker: TrackerName) -> None:
    """Disconnect a tracker.

    Nothing more is received from it, and Terra is told to give back its access. What it brought stays. Administrators
    may name any member's connection by its id.
    """
    if caller.is_admin and UUID_FORM.fullmatch(tracker):
        named = fittrack.tracking.connection(ConnectionId(UUID(tracker)))
    else:
        named = _named(fittrack, caller.member_id, tracker)
    actor = None if named.user_id == caller.member_id else caller.member_id
    fittrack.tracking.disconnect(named.user_id, named.id, actor=actor)


def take_in(fittrack: FitTrack, exchange: Exchange) -> None:
    """Take in an event of Terra.

    Signed: `terra-signature: t=<unix seconds>,v1=<hex HMAC-SHA256(secret, t + "." + body)>`, not older than five
    minutes. Acknowledged as soon as it is stored, and once more when it comes again.
    """
    fittrack.tracker_inbox.take_in(exchange.body, exchange.headers)


def _named(fittrack: FitTrack, owner: MemberId, tracker: str) -> Connection:
    """Raises `NotConnected`, `ConnectionNotFound`."""
    if not UUID_FORM.fullmatch(tracker):
        return fittrack.tracking.connection_at(owner, Provider(tracker))
    found = fittrack.tracking.connection(ConnectionId(UUID(tracker)))
    if found.user_id != owner:
        raise errors.ConnectionNotFound(found.id)
    return found


GATEWAY: Final = (errors.GatewayNotConfigured, errors.GatewayUnreachable, errors.GatewayBusy)
MISSING: Final = (errors.ConnectionNotFound, errors.NotConnected)


def _route(method: str, path: str, handler: object, access: Access = Access.MEMBER, **more: object) -> Route:
    return Route(method, f"/api/v1/connections{path}", handler, access, TAG, **more)  # type: ignore[arg-type]


ROUTES: Final = (
    _route("GET", "", connections, problems=(AdminsOnly,)),
    _route("GET", "/{tracker}", connection, problems=(*MISSING, AdminsOnly)),
    _route(
        "POST",
        "",
        create_connection,
        Access.ADMIN,
        status=201,
        key=Given.OPTIONAL,
        problems=(MemberNotFound, errors.AlreadyConnected, errors.TrackerTaken),
    ),
    _route(
        "POST", "/{provider}/initiate", initiate, name="begin_connection", problems=(errors.AlreadyConnected, *GATEWAY)
    ),
    _route(
        "POST",
        "/{provider}/callback",
        callback,
        name="complete_connection",
        problems=(
            errors.SignInNotValid,
            errors.TrackerUserUnknown,
            errors.NotYourTracker,
            errors.TrackerTaken,
            errors.AlreadyConnected,
            *GATEWAY,
        ),
    ),
    _route("PUT", "/{provider}/primary", make_primary, problems=(errors.NotConnected, errors.Disconnected)),
    _route(
        "POST",
        "/{provider}/sync",
        sync,
        status=202,
        name="sync_connection",
        problems=(
            errors.NotConnected,
            errors.Disconnected,
            errors.NothingToAsk,
            errors.SyncTooSoon,
            errors.GatewayNotConfigured,
        ),
    ),
    _route("DELETE", "/{tracker}", disconnect, status=204, problems=(*MISSING, errors.Disconnected)),
    Route(
        "POST",
        "/webhooks/terra",
        take_in,
        Access.SIGNER,
        TAG,
        name="take_in_terra_event",
        limited=False,
        problems=(errors.NotFromGateway, errors.UnreadableEvent, errors.GatewayNotConfigured),
    ),
)
