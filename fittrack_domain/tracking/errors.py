"""What tracking refuses."""

import attrs

from fittrack_domain.shared.errors import Conflict, NotFound
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
