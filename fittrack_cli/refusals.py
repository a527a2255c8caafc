"""How FitTrack's errors end a command: one clear line, or one JSON problem, and an exit code."""

from typing import Any, Final

import typer

from fittrack_cli.output import complain, json_bytes
from fittrack_domain.shared.errors import Fault, FitTrackError, Invalid

FAILED: Final = 1
"""The thing asked for failed, or a verification found problems."""

WRONG_INPUT: Final = 2
"""The command was used wrongly, or its input cannot be right whatever the state of the world."""


def exit_code(error: FitTrackError) -> int:
    """What the command ends with."""
    return WRONG_INPUT if isinstance(error, Invalid) else FAILED


def explain(error: FitTrackError, *, json: bool) -> None:
    """Tells on stderr what is wrong and what to do next."""
    if json:
        typer.echo(json_bytes(problem(error)), err=True)
    else:
        complain(str(error))


def problem(error: FitTrackError) -> dict[str, Any]:
    """The error as the HTTP API tells it (RFC 9457), without what belongs to HTTP."""
    told: dict[str, Any] = {
        "type": f"/docs/errors#{error.code}",
        "title": error.code.replace("_", " ").capitalize(),
        "detail": str(error),
    }
    if isinstance(error, Invalid):
        faults = [fault for fault in error.faults if fault != Fault("", str(error))]
        told |= {"errors": faults} if faults else {}
    return told
