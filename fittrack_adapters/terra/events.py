"""Terra's events, read into the domain's words."""

import re
from collections.abc import Callable, Mapping
from datetime import tzinfo
from typing import Any, Final

import orjson

from fittrack_adapters.terra.activities import Unread, read_activities, read_days
from fittrack_adapters.terra.names import PROVIDERS
from fittrack_domain.tracking.errors import UnreadableEvent
from fittrack_domain.tracking.gateway import (
    Brought,
    Failing,
    Garbled,
    SignedIn,
    SignedInAgain,
    SignedOut,
    Told,
    TrackerUser,
    Unwanted,
)

KIND_FORM: Final = re.compile(r"[a-z0-9_]{1,64}", re.ASCII)
STRANGE: Final = "strange"
"""What an event is called whose own name has no form."""

USER_KEY_LENGTH_MAX: Final = 200
REFERENCE_LENGTH_MAX: Final = 200

UNWANTED: Final = frozenset({"athlete", "body", "lab_report", "menstruation", "nutrition", "sleep"})
"""Health data that says nothing about points."""

Reader = Callable[[Mapping[str, Any], int, tzinfo], Told]


def read(body: bytes, source_order: int, local: tzinfo) -> Told:
    """What an event says. Raises `UnreadableEvent` for what is no JSON object with a type."""
    try:
        event = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise UnreadableEvent(f"it is no JSON ({error.msg})") from None
    if not isinstance(event, dict) or not isinstance(event.get("type"), str):
        raise UnreadableEvent("it is no object with a type")
    kind = event["type"] if KIND_FORM.fullmatch(event["type"]) else STRANGE
    try:
        return _READERS.get(kind, _other)(event | {"type": kind}, source_order, local)
    except Unread as error:
        return Garbled(kind, _user_if_any(event.get("user")), reason=str(error))


def user(value: object) -> TrackerUser:
    """Terra's user object. Raises `Unread`."""
    if not isinstance(value, dict):
        raise Unread("there is no user")
    key, provider, reference = value.get("user_id"), value.get("provider"), value.get("reference_id")
    if not isinstance(key, str) or not 1 <= len(key) <= USER_KEY_LENGTH_MAX or not isinstance(provider, str):
        raise Unread("the user has no id or no provider")
    if not isinstance(reference, str) or not 1 <= len(reference) <= REFERENCE_LENGTH_MAX:
        reference = None
    return TrackerUser(key, PROVIDERS.get(provider.upper()), reference)


def _user_if_any(value: object) -> TrackerUser | None:
    try:
        return user(value)
    except Unread:
        return None


def _auth(event: Mapping[str, Any], _order: int, _local: tzinfo) -> Told:
    if event.get("status") != "success":
        return _other(event, _order, _local)
    return SignedIn(event["type"], user(event.get("user")))


def _user_reauth(event: Mapping[str, Any], _order: int, _local: tzinfo) -> Told:
    return SignedInAgain(event["type"], user(event.get("new_user")), _user_if_any(event.get("old_user")))


def _gone(event: Mapping[str, Any], _order: int, _local: tzinfo) -> Told:
    return SignedOut(event["type"], user(event.get("user")))


def _failing(event: Mapping[str, Any], _order: int, _local: tzinfo) -> Told:
    return Failing(event["type"], user(event.get("user")))


def _daily(event: Mapping[str, Any], order: int, local: tzinfo) -> Told:
    return Brought(event["type"], user(event.get("user")), *read_days(event.get("data"), order, local))


def _activity(event: Mapping[str, Any], order: int, local: tzinfo) -> Told:
    return Brought(event["type"], user(event.get("user")), *read_activities(event.get("data"), order, local))


def _other(event: Mapping[str, Any], _order: int, _local: tzinfo) -> Told:
    """News for people, or kinds that Terra came up with later."""
    kind = Unwanted if event["type"] in UNWANTED else Told
    return kind(event["type"], _user_if_any(event.get("user")))


_READERS: Final[Mapping[str, Reader]] = {
    "auth": _auth,
    "user_reauth": _user_reauth,
    "deauth": _gone,
    "access_revoked": _gone,
    "connection_error": _failing,
    "daily": _daily,
    "activity": _activity,
}
