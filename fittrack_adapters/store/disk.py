"""Waiting for the disk together: one wait for all who wrote to a file meanwhile, instead of one for each."""

import os
import threading
from pathlib import Path
from typing import Final

from fittrack_adapters.neighbours import Tally
from fittrack_domain.shared.errors import OutcomeUnknown, StoreUnreachable

SYNC: Final = getattr(os, "fdatasync", os.fsync)  # macOS has the latter only


class SharedSync:
    """Brings to the disk what was written to a file, which is opened when it is first waited for.

    Whoever comes while the disk is at work may have written too late for it, and waits for its next turn, together
    with all others who came meanwhile. When there is nothing new to bring, nobody waits.
    """

    def __init__(self, path: Path, written: Tally | None = None) -> None:
        """`written` counts for all processes that write to the file and tell each other; else for this one."""
        self._path = path
        self._written = written or Tally.alone()
        self._file: int | None = None
        self._failure: OSError | None = None
        self._changed = threading.Condition()
        self._safe = 0
        self._is_busy = False

    def note(self) -> None:
        """Something was written. One thread at a time may say so."""
        self._written.add()

    def require_sound(self) -> None:
        """Raises: `StoreUnreachable` once the disk has failed: what is written from then on could not be kept."""
        if self._failure is not None:
            raise StoreUnreachable(self._told(self._failure))

    def wait(self) -> None:
        """Returns when everything that was noted before the call is on the disk.

        Raises: `OutcomeUnknown` when it may not be; and from then on, for a later turn does not bring back what the
            system forgot in one that failed.
        """
        mark = self._written.total()
        while self._safe < mark:
            with self._changed:
                self._changed.wait_for(lambda: self._safe >= mark or not self._is_busy)
                if self._safe >= mark:
                    return
                if self._failure is not None:
                    raise OutcomeUnknown(self._told(self._failure))
                self._is_busy, covered = True, self._written.total()
            self._sync(covered)

    def _sync(self, covered: int) -> None:
        try:
            if self._file is None:
                self._file = os.open(self._path, os.O_RDWR)
            SYNC(self._file)
        except FileNotFoundError:
            pass  # whoever closed the database last has brought the log into it
        except OSError as error:
            self._failure = error
        finally:
            with self._changed:
                self._is_busy = False
                if self._failure is None:
                    self._safe = covered
                self._changed.notify_all()

    def _told(self, failure: OSError) -> str:
        return f"{self._path} could not be brought to the disk: {failure.strerror}"

    def close(self) -> None:
        """Lets go of the file. The next `wait` opens what is there then."""
        with self._changed:
            self._changed.wait_for(lambda: not self._is_busy)
            file, self._file, self._failure = self._file, None, None
        if file is not None:
            os.close(file)
