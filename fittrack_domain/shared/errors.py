"""What can go wrong, sorted by what the caller can do about it. Drivers have one table from kinds to their answers."""

from typing import ClassVar

import attrs


class FitTrackError(Exception):
    """Root of all refusals.

    Concrete errors carry a stable `code` and their facts as attributes; `str()` is for people.
    """

    code: ClassVar[str]


@attrs.frozen
class Fault:
    """One thing wrong with an input: where (a JSON Pointer, `""` for the whole) and what."""

    pointer: str
    detail: str


class Invalid(FitTrackError):
    """The input is wrong whatever the state of the world: correct it and call again."""

    code = "invalid"

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Every fault of the input at once; by default the error itself, about the whole input."""
        return (Fault("", str(self)),)


class Unauthenticated(FitTrackError):
    """Nobody is logged in, or the credential is not valid."""

    code = "unauthenticated"


class Refused(FitTrackError):
    """The caller is known and may not do this."""

    code = "refused"


class NotFound(FitTrackError):
    """There is no such thing, or it is not the caller's."""

    code = "not_found"


class Conflict(FitTrackError):
    """The present state does not allow this: look again, then decide."""

    code = "conflict"


class Limited(FitTrackError):
    """Too many calls: wait."""

    code = "limited"


class Unavailable(FitTrackError):
    """Something FitTrack depends on is out of reach: try again later. Nothing was changed, but for `OutcomeUnknown`."""

    code = "unavailable"


@attrs.frozen
class InvalidInput(Invalid):
    """Several faults found together."""

    faults: tuple[Fault, ...]

    def __str__(self) -> str:
        return "; ".join(f"{fault.pointer or 'input'}: {fault.detail}" for fault in self.faults)


@attrs.frozen
class StaleVersion(Conflict):
    """The row was changed by somebody else since it was read."""

    what: str
    code = "concurrent_update"

    def __str__(self) -> str:
        return f"The {self.what} was changed by another request at the same moment. Read it again and repeat."


@attrs.frozen
class AlreadyExists(Conflict):
    """A row with the same unique value exists."""

    what: str
    code = "already_exists"

    def __str__(self) -> str:
        return f"The same was stored before, or at the same moment ({self.what}). Look again before you repeat."


@attrs.frozen
class StoreBusy(Conflict):
    """Another writer held the store for too long."""

    code = "store_busy"

    def __str__(self) -> str:
        return "The store is busy with other writes. Try again."


@attrs.frozen
class StoreUnreachable(Unavailable):
    """The store cannot be reached or refuses to work; nothing was committed."""

    reason: str
    code = "store_unreachable"

    def __str__(self) -> str:
        return f"The store cannot be used: {self.reason}"


@attrs.frozen
class PoolExhausted(Unavailable):
    """All connections to the store were busy for too long; nothing was begun."""

    size: int
    code = "store_overloaded"

    def __str__(self) -> str:
        return f"All {self.size} connections to the store are busy. Try again in a moment."


@attrs.frozen
class OutcomeUnknown(Unavailable):
    """The store was lost at the very moment of a commit: it may have happened. An idempotency key finds out."""

    reason: str
    code = "outcome_unknown"

    def __str__(self) -> str:
        return (
            "The store was lost while it committed: the request may have been carried out. Repeat it with the same "
            "idempotency key, or look before you repeat it."
        )


@attrs.frozen
class KeyReused(Invalid):
    """An idempotency key came back with another request."""

    key: str
    code = "idempotency_key_reused"

    def __str__(self) -> str:
        return f"The idempotency key {self.key!r} was already used for a different request. Use a new key."


@attrs.frozen
class SealBroken(Unavailable):
    """A sealed value does not open: another master key, another purpose, or changed bytes."""

    purpose: str
    code = "seal_broken"

    def __str__(self) -> str:
        return f"The sealed {self.purpose} does not open with the configured master key (FITTRACK_MASTER_KEY)."
