"""How the drawing protocol says no."""

import attrs

from fittrack_domain.shared.errors import Conflict, Fault, Invalid


@attrs.frozen
class Malformed(Invalid):
    """A value is not of the form the protocol prescribes.

    Attributes:
        pointer: JSON Pointer of the offending value, `""` for the whole.
        detail: What is wrong with it.
    """

    pointer: str
    detail: str
    code = "draw_malformed"

    @property
    def faults(self) -> tuple[Fault, ...]:
        return (Fault(self.pointer, self.detail),)

    def __str__(self) -> str:
        return f"{self.pointer or 'The value'}: {self.detail}."


@attrs.frozen
class NotValid(Invalid):
    """A drawing, or a record of it, does not follow from what was published.

    Attributes:
        step: The step of section 12 of the protocol that failed; `None` for records that section does not cover.
        reason: What does not hold.
    """

    step: int | None
    reason: str
    code = "draw_not_valid"

    def __str__(self) -> str:
        return self.reason if self.step is None else f"Step {self.step}: {self.reason}"


@attrs.frozen
class SnapshotDamaged(Conflict):
    """Stored blocks are not those the closing was made of; no draw or proof may be built on them."""

    block_no: int
    code = "draw_snapshot_damaged"

    def __str__(self) -> str:
        return f"The stored blocks around number {self.block_no} are not those of the closing."


@attrs.frozen
class NothingToForfeit(Conflict):
    """The draw of this number holds no prize: it won none, or has forfeited it already."""

    n: int
    code = "draw_nothing_to_forfeit"

    def __str__(self) -> str:
        return f"Draw {self.n} holds no prize that it could forfeit."
