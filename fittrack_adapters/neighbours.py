"""What the processes of one server share: memory, in which each writes to a part of its own and reads all others'.

So nobody waits for anybody, and a process that dies in the middle leaves nothing locked and nothing half said.
"""

import os
import struct
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cached_property
from multiprocessing import get_context
from typing import Any, Final
from zlib import crc32

import attrs

START: Final = get_context("spawn")
"""How further processes begin: afresh, not as copies of one that has connections, threads and a state of chance."""

NUMBER: Final = struct.Struct("@Q")
"""Native, and where a processor reads and writes it in one go: others see it before or after, never in between."""

NOTE: Final = struct.Struct("@QH54s")
"""How many notes there are with this one, its length, and its bytes."""

NOTE_BYTES: Final = 54
NOTES: Final = 4_096
"""So many notes of a process are there for the others."""

NOTES_READABLE: Final = NOTES - 1
"""One may just be written over."""

SNAPSHOT: Final = struct.Struct("@QQ")
"""The length of the text, and its checksum."""

SNAPSHOT_BYTES: Final = 512 * 1024

_BROADCAST_BYTES: Final = NUMBER.size + NOTES * NOTE.size
_PART_BYTES: Final = NUMBER.size + 2 * _BROADCAST_BYTES + SNAPSHOT_BYTES


class Bell:
    """With it the others wake the first process, which does the jobs of all."""

    def __init__(self) -> None:
        self._ears, self._hand = START.Pipe(duplex=False)
        os.set_blocking(self._hand.fileno(), False)

    def ring(self) -> None:
        """Returns at once."""
        with suppress(BlockingIOError):  # it rings already
            os.write(self._hand.fileno(), b"\0")

    def fileno(self) -> int:
        """Can be read from when it has rung."""
        return self._ears.fileno()

    def quiet(self) -> None:
        """Ends all ringing so far. Waits for the first when there was none."""
        os.read(self.fileno(), 4_096)


@attrs.frozen
class Neighbours:
    """What `count` processes share, as number `number` of them uses it. Handed to a process when it begins."""

    count: int
    memory: Any = attrs.field(repr=False)
    bell: Bell
    number: int = 0

    @classmethod
    def of(cls, count: int) -> "Neighbours":
        """Fresh memory for so many processes, seen by the first of them."""
        return cls(count, START.RawArray("B", count * _PART_BYTES), Bell())

    @property
    def is_first(self) -> bool:
        return self.number == 0

    def seen_by(self, number: int) -> "Neighbours":
        return attrs.evolve(self, number=number)

    @cached_property
    def written(self) -> "Tally":
        """How often the database was written to."""
        return Tally(self._parts(0, NUMBER.size), self.number)

    @cached_property
    def changes(self) -> "Broadcast":
        """Which copies of accounts and sessions are no longer true."""
        return Broadcast(self._parts(NUMBER.size, _BROADCAST_BYTES), self.number)

    @cached_property
    def calls(self) -> "Broadcast":
        """Who was let in."""
        return Broadcast(self._parts(NUMBER.size + _BROADCAST_BYTES, _BROADCAST_BYTES), self.number)

    @cached_property
    def counts(self) -> "Snapshots":
        """What each process has counted so far."""
        return Snapshots(self._parts(_PART_BYTES - SNAPSHOT_BYTES, SNAPSHOT_BYTES), self.number)

    def _parts(self, at: int, size: int) -> Sequence[memoryview]:
        """The same section of each process's part."""
        whole = memoryview(self.memory).cast("B")
        return [whole[start + at : start + at + size] for start in range(0, self.count * _PART_BYTES, _PART_BYTES)]


class Tally:
    """A number that all processes add to."""

    def __init__(self, parts: Sequence[memoryview], own: int) -> None:
        self._parts = parts
        self._own = parts[own]

    @classmethod
    def alone(cls) -> "Tally":
        """A number of this process."""
        return cls([memoryview(bytearray(NUMBER.size))], 0)

    def add(self) -> None:
        """One more. One thread at a time may say so."""
        NUMBER.pack_into(self._own, 0, NUMBER.unpack_from(self._own)[0] + 1)

    def total(self) -> int:
        return sum(NUMBER.unpack_from(part)[0] for part in self._parts)


class Broadcast:
    """Short notes to all other processes, each of whom reads them once, in the order of whoever wrote them.

    Who comes later reads what is still there. One thread at a time may use it.
    """

    def __init__(self, parts: Sequence[memoryview], own: int) -> None:
        self._own = parts[own]
        self._others = [part for number, part in enumerate(parts) if number != own]
        self._read = [max(0, NUMBER.unpack_from(part)[0] - NOTES_READABLE) for part in self._others]

    def tell(self, note: bytes) -> None:
        """All others will have heard this when they `hear` next. Raises `ValueError` when it is too long."""
        if len(note) > NOTE_BYTES:
            raise ValueError(f"A note has {NOTE_BYTES} bytes at most, not {len(note)}")
        number = NUMBER.unpack_from(self._own)[0] + 1
        NOTE.pack_into(self._own, _place(number), number, len(note), note)
        NUMBER.pack_into(self._own, 0, number)

    def hear(self) -> Iterator[bytes | None]:
        """What the others told since; None where some of it is lost, for they told more than is kept."""
        for index, part in enumerate(self._others):
            told = NUMBER.unpack_from(part)[0]
            while self._read[index] < told:
                number, length, note = NOTE.unpack_from(part, _place(self._read[index] + 1))
                if number == self._read[index] + 1 and NUMBER.unpack_from(part)[0] - number < NOTES_READABLE:
                    self._read[index] = number
                    yield note[:length]
                else:  # written over before it was read
                    self._read[index] = told = NUMBER.unpack_from(part)[0]
                    yield None


def _place(number: int) -> int:
    return NUMBER.size + number % NOTES * NOTE.size


class Snapshots:
    """A text of each process, which it replaces at will."""

    def __init__(self, parts: Sequence[memoryview], own: int) -> None:
        self._own = parts[own]
        self._others = [part for number, part in enumerate(parts) if number != own]
        self._read = [b""] * len(self._others)
        self._guard = threading.Lock()

    def write(self, text: bytes) -> None:
        """Raises `ValueError` when it is too long."""
        if len(text) > SNAPSHOT_BYTES - SNAPSHOT.size:
            raise ValueError(f"A snapshot has {SNAPSHOT_BYTES - SNAPSHOT.size} bytes at most, not {len(text)}")
        with self._guard:
            self._own[SNAPSHOT.size : SNAPSHOT.size + len(text)] = text
            SNAPSHOT.pack_into(self._own, 0, len(text), crc32(text))

    def own(self) -> Sequence[bytes]:
        """What this process has written last, or the one whose place it has taken; nothing if nothing was."""
        text = _complete(self._own)
        return [text] if text else []

    def others(self) -> Sequence[bytes]:
        """What the others have written; what they had written before, of those who are writing at this moment."""
        self._read = [_complete(part) or before for part, before in zip(self._others, self._read, strict=True)]
        return [text for text in self._read if text]


def _complete(part: memoryview) -> bytes:
    """A snapshot; empty when there is none, or one half written."""
    length, check = SNAPSHOT.unpack_from(part)
    text = bytes(part[SNAPSHOT.size : SNAPSHOT.size + length])
    return text if crc32(text) == check else b""
