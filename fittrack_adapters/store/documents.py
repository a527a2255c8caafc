"""Six documents over the tables, each specified once: what it shows of which rows, and how they hang together.

From a specification come the JSON relational duality view on Oracle, views with the same documents on PostgreSQL and
SQLite (`document_views`), and the documents of the store in memory. The views only show: a change through them would
go past the use cases. No password, token, seed or address is in any of them.
"""

from collections.abc import Mapping
from typing import Any, Literal

import attrs

from fittrack_adapters.store.fulfillment import PRIZE_FULFILLMENTS
from fittrack_adapters.store.identity import PROFILES, USERS
from fittrack_adapters.store.points import WALLETS
from fittrack_adapters.store.sweepstakes import DRAWINGS, ENTRIES, PRIZES, SPONSORS
from fittrack_adapters.store.tables import Kind, Table
from fittrack_adapters.store.tracking import ACTIVITIES, CONNECTIONS

Tag = Literal["NOUPDATE", "NOCHECK"]


@attrs.frozen
class Field:
    """A column under its name in the document. The tags are Oracle's."""

    name: str
    column: str
    kind: Kind
    tags: tuple[Tag, ...] = ()


@attrs.frozen(kw_only=True)
class Part:
    """An object of a document: a row of one table, and the objects of other tables in it.

    Attributes:
        alias: How the table is called in the view.
        fields: The columns it shows; its own key is among them, the columns that join it to others are not.
        joined: Which of its columns equals which of the object's that it lies in; empty for the document itself.
        many: Whether it is a list of all such rows, by key, or the one row, None if there is none.
        parts: The objects in it, by name.
    """

    table: Table[Any]
    alias: str
    fields: tuple[Field, ...]
    joined: tuple[str, str] | None = None
    many: bool = False
    parts: Mapping[str, "Part"] = attrs.field(factory=dict)


@attrs.frozen
class DocumentView:
    """A kind of document. `found_by` names the field by which documents are looked up."""

    name: str
    root: Part
    found_by: str

    @property
    def found_by_column(self) -> str:
        """The column behind `found_by`."""
        return next(field.column for field in self.root.fields if field.name == self.found_by)


def _fields(table: Table[Any], columns: str, **key: str) -> tuple[Field, ...]:
    """The key under its own name, then columns as they are called on the wire."""
    named = {**key, **{_camel(column): column for column in columns.split()}}
    return tuple(Field(name, column, table.column(column).kind) for name, column in named.items())


def _camel(column: str) -> str:
    first, *rest = column.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _sponsor() -> Part:
    fields = _fields(SPONSORS, "name website_url logo_url", sponsorId="id")
    return Part(table=SPONSORS, alias="s", fields=fields, joined=("id", "sponsor_id"))


USER_PROFILE = DocumentView(
    "user_profile_dv",
    Part(
        table=USERS,
        alias="u",
        fields=_fields(
            USERS,
            "email status role email_verified_at premium_expires_at terms_accepted_at terms_version rules_accepted_at "
            "rules_version created_at deleted_at",
            _id="id",
        ),
        parts={
            "profile": Part(
                table=PROFILES,
                alias="p",
                fields=_fields(
                    PROFILES,
                    "display_name date_of_birth state_of_residence biological_sex fitness_level open_tier "
                    "height_inches weight_pounds goals",
                    userId="user_id",
                ),
                joined=("user_id", "id"),
            ),
            "wallet": Part(
                table=WALLETS,
                alias="w",
                fields=(
                    *_fields(WALLETS, "points_earned", userId="user_id"),
                    Field(
                        "pointBalance", "balance", "number", ("NOUPDATE", "NOCHECK")
                    ),  # moves through the ledger only
                ),
                joined=("user_id", "id"),
            ),
        },
    ),
    found_by="_id",
)
USER_CONNECTIONS = DocumentView(
    "user_connections_dv",
    Part(
        table=USERS,
        alias="u",
        fields=_fields(USERS, "email", _id="id"),
        parts={
            "connections": Part(
                table=CONNECTIONS,
                alias="c",
                fields=_fields(
                    CONNECTIONS,
                    "provider is_primary tracker_user_key connected_on last_sync_at sync_status error_message",
                    connectionId="id",
                ),
                joined=("user_id", "id"),
                many=True,
            )
        },
    ),
    found_by="_id",
)
USER_ACTIVITIES = DocumentView(
    "user_activities_dv",
    Part(
        table=ACTIVITIES,
        alias="a",
        fields=_fields(
            ACTIVITIES,
            "user_id external_id activity_type intensity activity_day start_time end_time duration_minutes metrics "
            "source_order state reason created_at",
            _id="id",
        ),
        parts={
            "connection": Part(
                table=CONNECTIONS,
                alias="c",
                fields=_fields(CONNECTIONS, "provider", connectionId="id"),
                joined=("id", "connection_id"),
            )
        },
    ),
    found_by="userId",
)
DRAWING_DETAILS = DocumentView(
    "drawing_details_dv",
    Part(
        table=DRAWINGS,
        alias="d",
        fields=_fields(
            DRAWINGS,
            "drawing_type name description ticket_cost_points sales_open_at ticket_sales_close drawing_time "
            "eligibility max_tickets_per_member max_wins_per_holder alternates status cancelled_reason "
            "completed_at created_at",
            _id="id",
        ),
        parts={
            "prizes": Part(
                table=PRIZES,
                alias="p",
                fields=_fields(
                    PRIZES,
                    "prize_rank name description value_usd quantity fulfillment_type image_url",
                    prizeId="id",
                ),
                joined=("drawing_id", "id"),
                many=True,
                parts={"sponsor": _sponsor()},
            )
        },
    ),
    found_by="_id",
)
USER_TICKETS = DocumentView(
    "user_tickets_dv",
    Part(
        table=ENTRIES,
        alias="e",
        fields=_fields(
            ENTRIES, "user_id entry_no quantity cost_points route transaction_id purchased_at reason", _id="id"
        ),
        parts={
            "drawing": Part(
                table=DRAWINGS,
                alias="d",
                fields=_fields(
                    DRAWINGS, "drawing_type name ticket_sales_close drawing_time status completed_at", drawingId="id"
                ),
                joined=("id", "drawing_id"),
            )
        },
    ),
    found_by="userId",
)
FULFILLMENT_DETAILS = DocumentView(
    "fulfillment_details_dv",
    Part(
        table=PRIZE_FULFILLMENTS,
        alias="f",
        fields=_fields(
            PRIZE_FULFILLMENTS,
            "user_id drawing_id draw_no ticket_number drawing_name prize_name fulfillment_type status carrier "
            "tracking_number reference notified_at warned_at address_confirmed_at address_invalid_at shipped_at "
            "delivered_at forfeit_at forfeited_at created_at",
            _id="id",
        ),
        parts={
            "prize": Part(
                table=PRIZES,
                alias="p",
                fields=_fields(PRIZES, "prize_rank description value_usd image_url", prizeId="id"),
                joined=("id", "prize_id"),
                parts={"sponsor": _sponsor()},
            )
        },
    ),
    found_by="userId",
)
DOCUMENT_VIEWS = (
    USER_PROFILE,
    USER_CONNECTIONS,
    USER_ACTIVITIES,
    DRAWING_DETAILS,
    USER_TICKETS,
    FULFILLMENT_DETAILS,
)
