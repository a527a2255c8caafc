"""Trackers over HTTP. No answer holds a token of theirs."""

from datetime import date, datetime
from typing import Self

import attrs

from fittrack_domain.shared.ids import ConnectionId
from fittrack_domain.tracking.model import Connection, Provider, SyncStatus


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
