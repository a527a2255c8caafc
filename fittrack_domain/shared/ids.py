"""The ids of everything: UUIDs of version 7, one `NewType` a kind, so that one cannot stand in for another."""

from typing import NewType
from uuid import UUID

MemberId = NewType("MemberId", UUID)
SessionId = NewType("SessionId", UUID)
ConnectionId = NewType("ConnectionId", UUID)
ActivityId = NewType("ActivityId", UUID)
TrackerEventId = NewType("TrackerEventId", UUID)
DayScoreId = NewType("DayScoreId", UUID)
TransferId = NewType("TransferId", UUID)
HoldId = NewType("HoldId", UUID)
SponsorId = NewType("SponsorId", UUID)
DrawingId = NewType("DrawingId", UUID)
PrizeId = NewType("PrizeId", UUID)
EntryId = NewType("EntryId", UUID)
FulfillmentId = NewType("FulfillmentId", UUID)
NotificationId = NewType("NotificationId", UUID)
ReviewId = NewType("ReviewId", UUID)
EventId = NewType("EventId", UUID)
