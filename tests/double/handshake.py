"""How a session begins: the offer, the capabilities, and a password that is proven without being sent."""

import hashlib
import re
import secrets
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from tests.double.wire import PACKET_BYTES, Channel, Hangup, Reader, Writer

CONNECT, ACCEPT, REFUSE = 1, 2, 4
CONNECT_DATA_AT = 74
"""Where the address stands in the first packet. A longer one comes in a packet of its own."""

VERSION = 319
FAST_LOGIN, ENDS_ANSWERS = 0x10000000, 0x02000000
UNKNOWN_SERVICE = 12514

PROTOCOL, TYPES, PARAMETERS, FAST = 1, 2, 8, 34
FIELDS = 24
"""The version of messages that a 23ai speaks."""

UTF8 = 873
VERIFIER = 0x4815
ROUNDS = 4_096
DERIVED_ROUNDS = 3
RELEASE = 23 << 24 | 26 << 16
"""What the double says it is: a 23.26."""


def offered_service(channel: Channel) -> str:
    """The service that the client's first packet asks for."""
    kind, body = channel.receive()
    if kind != CONNECT:
        raise Hangup
    address = body[CONNECT_DATA_AT - 8 :] or channel.receive()[1][2:]
    found = re.search(rb"SERVICE_NAME=([^)]*)\)", address)
    return found[1].decode() if found else ""


def accept(channel: Channel) -> None:
    """Agrees on the version, the size of packets, and how answers end."""
    body = struct.pack(">HH", VERSION, 1) + bytes(20) + struct.pack(">I", PACKET_BYTES)
    channel.send(ACCEPT, body + bytes(5) + struct.pack(">I", FAST_LOGIN | ENDS_ANSWERS))
    channel.large = True


def refuse(channel: Channel, code: int) -> None:
    """Says no, as a listener does."""
    reason = f"(DESCRIPTION=(ERR={code})(ERROR_STACK=(ERROR=(CODE={code}))))".encode()
    channel.send(REFUSE, bytes(2) + struct.pack(">H", len(reason)) + reason)


def read_introduction(reader: Reader) -> None:
    """Passes over what the client says of itself, up to its first message about the password."""
    assert reader.u8() == FAST
    reader.raw(3)
    assert reader.u8() == PROTOCOL
    reader.raw(2)
    while reader.u8():
        pass
    reader.raw(6)
    assert reader.u8() == TYPES
    reader.raw(5)
    reader.data()
    reader.data()
    while reader.fixed(2):
        reader.raw(6)


def introduction() -> bytes:
    """What the double says of itself."""
    abilities = bytearray(55)
    abilities[7] = FIELDS
    answer = Writer().u8(PROTOCOL, 6, 0).raw(b"double\0").raw(struct.pack("<H", UTF8)).u8(1).raw(bytes(2))
    fixed = bytes(5) + bytes([0, 0]) + bytes(3) + struct.pack(">H", 2000)
    answer.raw(struct.pack(">H", len(fixed) + 1)).raw(fixed + b"\0")
    answer.data(bytes(abilities)).data(bytes(11))
    return bytes(answer.u8(TYPES).raw(bytes(2)))


def read_pairs(reader: Reader) -> tuple[str, dict[str, str]]:
    """The user and the facts in a message about the password."""
    has_user = reader.u8()
    reader.skip("nn1")
    count = reader.number()
    reader.skip("11")
    user = (reader.data() or b"").decode() if has_user else ""
    pairs: dict[str, str] = {}
    for _ in range(count):
        name, value = reader.counted().decode(), reader.counted().decode()
        reader.number()
        pairs[name] = value
    return user, pairs


def pairs(facts: dict[str, str], flags: dict[str, int]) -> Writer:
    answer = Writer().u8(PARAMETERS).number(len(facts))
    for name, value in facts.items():
        answer.counted(name.encode()).counted(value.encode()).number(flags.get(name, 0))
    return answer


class Challenge:
    """Proves that both sides know the password (the verifier of 12c)."""

    def __init__(self, password: str) -> None:
        self._password = password.encode()
        self._salt, self._half = secrets.token_bytes(16), secrets.token_bytes(32)
        self._mix = secrets.token_bytes(16)
        long_key = hashlib.pbkdf2_hmac(
            "sha512", self._password, self._salt + b"AUTH_PBKDF2_SPEEDY_KEY", ROUNDS, dklen=64
        )
        self._key = hashlib.sha512(long_key + self._salt).digest()[:32]

    def question(self) -> Writer:
        facts = {
            "AUTH_SESSKEY": _aes(self._key).encryptor().update(self._half).hex().upper(),
            "AUTH_VFR_DATA": self._salt.hex().upper(),
            "AUTH_PBKDF2_CSK_SALT": self._mix.hex().upper(),
            "AUTH_PBKDF2_VGEN_COUNT": str(ROUNDS),
            "AUTH_PBKDF2_SDER_COUNT": str(DERIVED_ROUNDS),
        }
        return pairs(facts, {"AUTH_VFR_DATA": VERIFIER})

    def verdict(self, given: dict[str, str]) -> Writer | None:
        """What a session is told of the database; None if the password is wrong."""
        theirs = _aes(self._key).decryptor().update(bytes.fromhex(given["AUTH_SESSKEY"]))
        mixed = (theirs[:32] + self._half).hex().upper().encode()
        shared = hashlib.pbkdf2_hmac("sha512", mixed, self._mix, DERIVED_ROUNDS, dklen=32)
        stated = _aes(shared).decryptor().update(bytes.fromhex(given["AUTH_PASSWORD"]))
        if stated[16 : -stated[-1]] != self._password:
            return None
        proof = _aes(shared).encryptor().update(secrets.token_bytes(16) + b"SERVER_TO_CLIENT" + bytes([16] * 16))
        return pairs(
            {
                "AUTH_SVR_RESPONSE": proof.hex().upper(),
                "AUTH_VERSION_NO": str(RELEASE),
                "AUTH_SESSION_ID": "1",
                "AUTH_SERIAL_NUM": "1",
                "AUTH_MAX_OPEN_CURSORS": "300",
                "AUTH_MAX_IDEN_LENGTH": "128",
            },
            {},
        )


def _aes(key: bytes) -> Cipher[modes.CBC]:
    return Cipher(algorithms.AES(key), modes.CBC(bytes(16)))
