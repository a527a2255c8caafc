"""The FitTrack that the environment's settings describe, opened for one command."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fittrack_adapters.wiring import Installation
    from fittrack_domain.app import FitTrack


@contextmanager
def opened(processes: int = 1) -> Iterator["Installation"]:
    """The installation with all its parts, for the first of so many processes. Raises `BadSettings`."""
    from fittrack_adapters.logs import set_up_logs
    from fittrack_adapters.neighbours import Neighbours
    from fittrack_adapters.settings import Settings
    from fittrack_adapters.wiring import open_fittrack

    settings = Settings.load(os.environ)
    set_up_logs(settings)
    with open_fittrack(settings, neighbours=Neighbours.of(processes) if processes > 1 else None) as installation:
        yield installation


@contextmanager
def reading() -> Iterator["FitTrack"]:
    """FitTrack, for a command that only looks."""
    with opened() as installation:
        yield installation.fittrack


@contextmanager
def working() -> Iterator["FitTrack"]:
    """FitTrack, for a command that changes something: what follows from it is done before the command ends."""
    with opened() as installation:
        yield installation.fittrack
        installation.fittrack.relay.drain()
