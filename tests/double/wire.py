"""How values lie on the wire: integers of varying length, bytes in chunks, numbers, dates, packets of a stream."""

import socket
import struct
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

PACKET_BYTES = 8192
"""The longest packet that the two sides agree on; longer messages take several."""

CHUNK_BYTES = 32_767
SHORT_BYTES_MAX = 252
LONG = 254
"""Stands where a length would: chunks follow, the last of them empty."""

NONE = 255
"""Stands where a length would: no value."""

DATA = 6
MARKER = 12
END_OF_RESPONSE = 0x2000
EOF = 0x0040
NEGATIVE_END = 102


class Hangup(Exception):
    """The other side is gone."""


class Marked(Exception):
    """In place of a message came a marker: the client wants to break off."""


class Channel:
    """Packets over a socket. Lengths take two bytes until `large`, four from then on."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.large = False

    def receive(self) -> tuple[int, bytes]:
        """The next packet: its type and what is inside."""
        head = self._exactly(8)
        size = struct.unpack(">I" if self.large else ">H", head[: 4 if self.large else 2])[0]
        return head[4], self._exactly(size - 8)

    def send(self, kind: int, body: bytes) -> None:
        size = 8 + len(body)
        head = struct.pack(">IBBH", size, kind, 0, 0) if self.large else struct.pack(">HHBBH", size, 0, kind, 0, 0)
        self.connection.sendall(head + body)

    def respond(self, message: bytes) -> None:
        """Sends a whole answer, in as many data packets as it takes."""
        room = PACKET_BYTES - 10
        pieces = [message[at : at + room] for at in range(0, len(message), room)]
        for number, piece in enumerate(pieces, 1):
            flags = END_OF_RESPONSE if number == len(pieces) else 0
            self.send(DATA, struct.pack(">H", flags) + piece)

    def _exactly(self, size: int) -> bytes:
        found = bytearray()
        while len(found) < size:
            part = self.connection.recv(size - len(found))
            if not part:
                raise Hangup
            found += part
        return bytes(found)


class Reader:
    """Reads a message; asks `more` for the next packet when the last one is used up."""

    def __init__(self, data: bytes, more: Callable[[], bytes] = lambda: b"") -> None:
        self._data = data
        self._at = 0
        self._more = more

    def raw(self, size: int) -> bytes:
        while len(self._data) - self._at < size:
            more = self._more()
            if not more:
                raise Hangup
            self._data, self._at = self._data[self._at :] + more, 0
        self._at += size
        return self._data[self._at - size : self._at]

    def u8(self) -> int:
        return self.raw(1)[0]

    def fixed(self, size: int) -> int:
        """An integer of a fixed size, high byte first."""
        return int.from_bytes(self.raw(size), "big")

    def number(self) -> int:
        """An integer of any size: its length, then its bytes."""
        return int.from_bytes(self.raw(self.u8() & 0x7F), "big")

    def data(self) -> bytes | None:
        length = self.u8()
        if length in (0, NONE):
            return None
        if length != LONG:
            return self.raw(length)
        chunks = []
        while size := self.number():
            chunks.append(self.raw(size))
        return b"".join(chunks)

    def counted(self) -> bytes:
        """Bytes with their number before them."""
        return (self.data() or b"") if self.number() else b""

    def skip(self, pattern: str) -> None:
        """Passes over what is of no interest here: `1` is a byte, `n` an integer of any size."""
        for kind in pattern:
            if kind == "1":
                self.u8()
            else:
                self.number()


class Writer:
    """Writes a message."""

    def __init__(self) -> None:
        self._parts = bytearray()

    def __bytes__(self) -> bytes:
        return bytes(self._parts)

    def raw(self, data: bytes) -> "Writer":
        self._parts += data
        return self

    def u8(self, *values: int) -> "Writer":
        return self.raw(bytes(values))

    def number(self, *values: int) -> "Writer":
        for value in values:
            size = (value.bit_length() + 7) // 8
            self.u8(size).raw(value.to_bytes(size, "big"))
        return self

    def data(self, data: bytes) -> "Writer":
        if len(data) <= SHORT_BYTES_MAX:
            return self.u8(len(data)).raw(data)
        self.u8(LONG)
        for at in range(0, len(data), CHUNK_BYTES):
            piece = data[at : at + CHUNK_BYTES]
            self.number(len(piece)).raw(piece)
        return self.number(0)

    def counted(self, data: bytes) -> "Writer":
        self.number(len(data))
        return self.data(data) if data else self


def read_decimal(data: bytes) -> int | Decimal:
    """A number: an exponent to base 100, then digits to base 100; a negative one has all of that turned round."""
    if data == b"\x80":
        return 0
    positive = data[0] >= 0x80
    exponent = (data[0] if positive else 255 - data[0]) - 193
    digits = [byte - 1 if positive else 101 - byte for byte in data[1:] if positive or byte != NEGATIVE_END]
    whole = 0
    for digit in digits:
        whole = whole * 100 + digit
    places = exponent + 1 - len(digits)
    value: int | Decimal = whole * 100**places if places >= 0 else Decimal(whole).scaleb(2 * places)
    return value if positive else -value


def write_decimal(value: int | Decimal) -> bytes:
    """The same, the other way."""
    sign, digits, exponent = Decimal(value).as_tuple()
    assert isinstance(exponent, int), "numbers are finite"
    text = "".join(map(str, digits)) + "0" * (exponent % 2)
    places = exponent // 2
    text = text.zfill(len(text) + len(text) % 2)
    pairs = [int(text[at : at + 2]) for at in range(0, len(text), 2)]
    while pairs and pairs[0] == 0:
        pairs.pop(0)
    while pairs and pairs[-1] == 0:
        pairs.pop()
        places += 1
    if not pairs:
        return b"\x80"
    head = 193 + places + len(pairs) - 1
    if not sign:
        return bytes([head, *(pair + 1 for pair in pairs)])
    return bytes([255 - head, *(101 - pair for pair in pairs), NEGATIVE_END])


def read_instant(data: bytes) -> datetime:
    """A date or a timestamp, as it is in UTC. The driver sends no other zone."""
    year, month, day = (data[0] - 100) * 100 + data[1] - 100, data[2], data[3]
    nanoseconds = int.from_bytes(data[7:11], "big")
    return datetime(year, month, day, data[4] - 1, data[5] - 1, data[6] - 1, nanoseconds // 1000)  # noqa: DTZ001


def write_day(value: date) -> bytes:
    """A date at midnight."""
    return bytes([value.year // 100 + 100, value.year % 100 + 100, value.month, value.day, 1, 1, 1])


def write_instant(value: datetime) -> bytes:
    """A timestamp in UTC, with the zone that says so."""
    clock = bytes([value.hour + 1, value.minute + 1, value.second + 1])
    return write_day(value)[:4] + clock + struct.pack(">I", value.microsecond * 1000) + bytes([20, 60])
