"""What tracking refuses."""

import attrs

from fittrack_domain.shared.errors import (
    Conflict,
    Invalid,
    Limited,
    NotFound,
    Refused,
    Unauthenticated,
    Unavailable,
)
from fittrack_domain.shared.ids import ActivityId, ConnectionId


@attrs.frozen
class ConnectionNotFound(NotFound):
    """There is no such connection, or it is another member's."""

    connection_id: ConnectionId
    code = "connection_not_found"

    def __str__(self) -> str:
        return f"There is no connection {self.connection_id}."


@attrs.frozen
class ActivityNotFound(NotFound):
    """There is no such activity, or it is another member's."""

    activity_id: ActivityId
    code = "activity_not_found"

    def __str__(self) -> str:
        return f"There is no activity {self.activity_id}."


@attrs.frozen
class AlreadyConnected(Conflict):
    """A member has one connection per provider."""

    provider: str
    code = "already_connected"

    def __str__(self) -> str:
        return f"{self.provider} is connected already. Disconnect it first to connect another tracker account."


@attrs.frozen
class TrackerTaken(Conflict):
    """A tracker account feeds one member: two would earn twice for the same steps."""

    provider: str
    code = "tracker_taken"

    def __str__(self) -> str:
        return f"This {self.provider} account is connected to another member. Disconnect it there first."


@attrs.frozen
class Disconnected(Conflict):
    """The member has taken the connection back: nothing is received through it, and it cannot be primary."""

    connection_id: ConnectionId
    code = "disconnected"

    def __str__(self) -> str:
        return f"Connection {self.connection_id} is disconnected. Connect the tracker again."


@attrs.frozen
class NotConnected(NotFound):
    """The member has never connected a tracker of this provider."""

    provider: str
    code = "not_connected"

    def __str__(self) -> str:
        return f"There is no {self.provider} connection."


@attrs.frozen
class SignInNotValid(Invalid):
    """The state is not that of a sign-in which this member has begun for this provider, or it is used up or too old."""

    provider: str
    code = "sign_in_not_valid"

    def __str__(self) -> str:
        return f"This is no sign-in of yours at {self.provider} that is still open. Begin another one."


@attrs.frozen
class NotYourTracker(Refused):
    """The gateway's user was not signed in for this member and provider."""

    provider: str
    code = "not_your_tracker"

    def __str__(self) -> str:
        return f"This tracker was not signed in for you at {self.provider}. Begin another sign-in."


@attrs.frozen
class TrackerUserUnknown(NotFound):
    """The gateway knows no such user: not signed in yet, or gone."""

    code = "tracker_user_unknown"

    def __str__(self) -> str:
        return "Nobody has signed in under this id. Finish the sign-in at the tracker's maker, then repeat."


@attrs.frozen
class NothingToAsk(Conflict):
    """Data of this connection cannot be asked for: it comes by itself, from a phone or from a file."""

    connection_id: ConnectionId
    code = "nothing_to_ask"

    def __str__(self) -> str:
        return "This tracker cannot be asked for its data. Open the app on your phone: it sends what is new."


@attrs.frozen
class SyncTooSoon(Limited):
    """A member may force a sync once in a while only."""

    retry_after_seconds: int
    code = "sync_too_soon"

    def __str__(self) -> str:
        return f"This tracker was asked a moment ago. It can be asked again in {self.retry_after_seconds} seconds."


@attrs.frozen
class GatewayNotConfigured(Unavailable):
    """FitTrack runs without the service that trackers are connected through."""

    code = "gateway_not_configured"

    def __str__(self) -> str:
        return "Trackers cannot be connected here: this FitTrack runs without Terra (FITTRACK_TERRA_DEV_ID)."


@attrs.frozen
class GatewayUnreachable(Unavailable):
    """The service that trackers are connected through gives no usable answer."""

    reason: str
    code = "gateway_unreachable"

    def __str__(self) -> str:
        return f"The service that trackers are connected through does not help: {self.reason}. Try again later."


@attrs.frozen
class GatewayBusy(Unavailable):
    """The service that trackers are connected through wants to be asked less often."""

    retry_after_seconds: int
    code = "gateway_busy"

    def __str__(self) -> str:
        return f"The service that trackers are connected through is busy. Try again in {self.retry_after_seconds} s."


@attrs.frozen
class NotFromGateway(Unauthenticated):
    """The signature does not show that the service which trackers are connected through sent this."""

    reason: str
    code = "not_from_gateway"

    def __str__(self) -> str:
        return f"This is not accepted as sent by Terra: {self.reason}."


@attrs.frozen
class UnreadableEvent(Invalid):
    """What was sent is signed, and no event."""

    reason: str
    code = "unreadable_event"

    def __str__(self) -> str:
        return f"This is no event: {self.reason}."
