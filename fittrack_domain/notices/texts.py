"""The words: one notice for each event that members are told of."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from fittrack_domain.access.events import PasswordChanged, TokenReused
from fittrack_domain.fulfillment.events import (
    AddressConfirmed,
    AddressFoundInvalid,
    ClaimWarned,
    PrizeDelivered,
    PrizeForfeited,
    PrizeShipped,
    PrizeWon,
)
from fittrack_domain.identity.events import MemberStatusChanged
from fittrack_domain.identity.model import Status
from fittrack_domain.integrity.events import AppealDecided
from fittrack_domain.integrity.model import Outcome
from fittrack_domain.notices.model import Notice, NoticeKind
from fittrack_domain.shared.calendar import PLATFORM_ZONE
from fittrack_domain.shared.events import Event

Told = (
    ClaimWarned
    | AddressConfirmed
    | AddressFoundInvalid
    | PrizeShipped
    | PrizeDelivered
    | PrizeForfeited
    | MemberStatusChanged
    | AppealDecided
    | PasswordChanged
    | TokenReused
)
"""The events that say everything the member is told."""


def prize_won(event: PrizeWon, claim_until: datetime, *, as_alternate: bool) -> Notice:
    """Told once the drawing is over, or when the prize passes on to an alternate."""
    how = (
        f"An earlier winner in “{event.drawing_name}” did not claim a prize, and your ticket is next in line."
        if as_alternate
        else f"Your ticket was drawn in “{event.drawing_name}”."
    )
    then = (
        f"Please confirm your postal address in the app by {_until(claim_until)}. After that the prize passes on to "
        "another member."
        if event.needs_address
        else "It needs no address: we send it to your email."
    )
    return Notice(
        NoticeKind.PRIZE_WON,
        f"You have won: {event.prize_name}",
        f"Congratulations! {how} You have won: {event.prize_name}.\n\n{then}",
    )


def _claim_warned(event: ClaimWarned) -> Notice:
    return Notice(
        NoticeKind.CLAIM_WARNED,
        f"Your prize is waiting: {event.prize_name}",
        f"You have won {event.prize_name} in “{event.drawing_name}”, and we still lack your postal address. Please "
        f"confirm it in the app by {_until(event.forfeit_at)}. After that the prize passes on to another member.",
    )


def _address_confirmed(event: AddressConfirmed) -> Notice:
    return Notice(
        NoticeKind.ADDRESS_CONFIRMED,
        f"We have your address for: {event.prize_name}",
        f"Thank you. We tell you as soon as {event.prize_name} from “{event.drawing_name}” is on its way.",
    )


def _address_invalid(event: AddressFoundInvalid) -> Notice:
    return Notice(
        NoticeKind.ADDRESS_INVALID,
        f"Your address does not work for: {event.prize_name}",
        f"We could not send {event.prize_name} from “{event.drawing_name}” to the address you gave: {event.reason}\n\n"
        f"Please give another one in the app by {_until(event.forfeit_at)}. After that the prize passes on to another "
        "member.",
    )


def _prize_shipped(event: PrizeShipped) -> Notice:
    under = f"It was sent under the reference {event.reference}."
    if event.carrier is not None:
        under = f"{event.carrier} brings it, under the tracking number {event.tracking_number}."
    return Notice(
        NoticeKind.PRIZE_SHIPPED,
        f"On its way: {event.prize_name}",
        f"Your prize {event.prize_name} from “{event.drawing_name}” is on its way. {under}",
    )


def _prize_delivered(event: PrizeDelivered) -> Notice:
    return Notice(
        NoticeKind.PRIZE_DELIVERED,
        f"Delivered: {event.prize_name}",
        f"Your prize {event.prize_name} from “{event.drawing_name}” has been delivered. Enjoy it!",
    )


def _prize_forfeited(event: PrizeForfeited) -> Notice:
    return Notice(
        NoticeKind.PRIZE_FORFEITED,
        f"No longer yours: {event.prize_name}",
        f"Your prize {event.prize_name} from “{event.drawing_name}” was forfeited: {event.reason}",
    )


def drawing_cancelled(drawing_name: str, reason: str) -> Notice:
    """For those who paid for tickets."""
    return Notice(
        NoticeKind.DRAWING_CANCELLED,
        f"Cancelled: {drawing_name}",
        f"The drawing “{drawing_name}” was cancelled: {reason}\n\n"
        "The points that you paid for tickets return to your balance.",
    )


def _status_changed(event: MemberStatusChanged) -> Notice | None:
    match event.old, event.new:
        case _, Status.SUSPENDED:
            return Notice(
                NoticeKind.ACCOUNT_SUSPENDED,
                "Your account is suspended",
                f"Your FitTrack account was suspended: {event.reason}\n\nYou cannot log in until it is reinstated. "
                "Tickets that you already have remain valid. If you think that this is wrong, you can appeal.",
            )
        case _, Status.BANNED:
            return Notice(
                NoticeKind.ACCOUNT_BANNED,
                "Your account is closed",
                f"Your FitTrack account was closed for good: {event.reason}\n\nYou cannot log in any more. "
                "Tickets that you already have remain valid. If you think that this is wrong, you can appeal.",
            )
        case Status.SUSPENDED, Status.ACTIVE:
            return Notice(
                NoticeKind.ACCOUNT_REINSTATED,
                "Your account is open again",
                f"Your FitTrack account was reinstated: {event.reason}\n\nYou can log in as before.",
            )
        case _:
            return None


def _appeal_decided(event: AppealDecided) -> Notice:
    decided = "we agree with you: nothing is held against you any more. If your account opens again, we tell you"
    if event.outcome is Outcome.CONFIRMED:
        decided = "the decision about your account stands"
    return Notice(
        NoticeKind.APPEAL_DECIDED,
        "Your appeal is decided",
        f"We have read what you wrote about your FitTrack account, and looked at everything again: {decided}.",
    )


def _password_changed(_: PasswordChanged) -> Notice:
    return Notice(
        NoticeKind.PASSWORD_CHANGED,
        "Your password was changed",
        "Your FitTrack password was changed, and you were logged out on your other devices.\n\nIf it was not you, "
        "reset it at once: ask for a new password where you log in.",
    )


def _token_reused(_: TokenReused) -> Notice:
    return Notice(
        NoticeKind.TOKEN_REUSED,
        "We logged out one of your devices",
        "A key that your device had used already was used again. Because a stolen copy looks just like that, we ended "
        "the session.\n\nLog in again. If you do not know why this happened, change your password.",
    )


def _until(instant: datetime) -> str:
    there = instant.astimezone(PLATFORM_ZONE)
    return f"{there:%B} {there.day}, {there.year}, {there:%H:%M} New York time"


_WORDS: Final[Mapping[type[Event], Callable[[Any], Notice | None]]] = {
    ClaimWarned: _claim_warned,
    AddressConfirmed: _address_confirmed,
    AddressFoundInvalid: _address_invalid,
    PrizeShipped: _prize_shipped,
    PrizeDelivered: _prize_delivered,
    PrizeForfeited: _prize_forfeited,
    MemberStatusChanged: _status_changed,
    AppealDecided: _appeal_decided,
    PasswordChanged: _password_changed,
    TokenReused: _token_reused,
}


def notice_of(event: Told) -> Notice | None:
    """What the member concerned is told; None for a change of status that is no news to them."""
    return _WORDS[type(event)](event)
