"""What can be ordered to go wrong, and when."""

from enum import Enum

import attrs


class Effect(Enum):
    """What a fault does to a call."""

    CUT_BEFORE = "the connection is cut before anything is done"
    CUT_AFTER = "the connection is cut after all is done, and before it is said"
    FAIL = "the statement fails with a code"
    WAIT = "the statement takes long"


@attrs.define
class Fault:
    """A fault on order: it strikes once, at the call after `skip` calls that it would fit.

    Attributes:
        call: "execute", "fetch", "commit", "rollback" or "ping".
        text: What the statement must contain, in lower case.
        code: With `Effect.FAIL`, the number of the error.
        seconds: With `Effect.WAIT`, how long.
    """

    call: str
    effect: Effect
    text: str = ""
    skip: int = 0
    code: int = 0
    seconds: float = 0.0

    def fits(self, call: str, sql: str) -> bool:
        return call == self.call and self.text in sql.lower()
