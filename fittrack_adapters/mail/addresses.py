"""Where mail is handed in, and whom it is from, as the settings say it."""

import re
from collections.abc import Sequence
from enum import Enum
from ipaddress import ip_address
from typing import Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

import attrs

PORTS: Final = {"smtp": 587, "smtps": 465}
NAME_LENGTH_MAX: Final = 80

ADDRESS: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
"""What may stand in a command to a mail server: no blanks, brackets or quotes, and ASCII only."""


class Encryption(Enum):
    """When the line to a mail server is encrypted."""

    FROM_THE_START = "tls"
    STARTTLS = "starttls"
    NONE = "none"


@attrs.frozen
class SmtpServer:
    """A mail server, and who we are there."""

    host: str
    port: int
    encryption: Encryption
    user: str | None = None
    password: str | None = attrs.field(default=None, repr=False)

    @classmethod
    def of(cls, url: str) -> "SmtpServer":
        """From `smtp://user:password@host:587` or `smtps://…:465`.

        `smtp` means STARTTLS, on this machine no encryption; `?starttls=required` or `?starttls=off` says otherwise.
        Raises `ValueError` that tells what is wrong, and repeats nothing of the address.
        """
        parts, port = _split(url)
        if parts.scheme not in PORTS or not parts.hostname or parts.path.strip("/") or parts.fragment:
            raise ValueError(
                "must be smtp://user:password@host:587 or smtps://user:password@host:465, "
                "with special characters in user and password as %40 and the like"
            )
        if (parts.username is None) is not (parts.password is None):
            raise ValueError("must name both user and password, or neither")
        user, password = (None if part is None else unquote(part) for part in (parts.username, parts.password))
        if not f"{user}{password}".isascii():
            raise ValueError("must have ASCII characters only in user and password")
        return cls(parts.hostname, port or PORTS[parts.scheme], _encryption(parts), user, password)

    @property
    def is_exposed(self) -> bool:
        """Whether others on the network may read along."""
        return self.encryption is Encryption.NONE and not _is_loopback(self.host)

    def __str__(self) -> str:
        return f"{self.host} port {self.port}"


def _split(url: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(url)
        return parts, parts.port
    except ValueError:  # its message repeats what may be a part of the password
        raise ValueError("must have a host and a port number up to 65535 at its end") from None


def _encryption(parts: SplitResult) -> Encryption:
    asked: Sequence[tuple[str, str]] = parse_qsl(parts.query, keep_blank_values=True)
    match parts.scheme, asked:
        case "smtps", []:
            return Encryption.FROM_THE_START
        case "smtp", []:
            return Encryption.NONE if _is_loopback(str(parts.hostname)) else Encryption.STARTTLS
        case "smtp", [("starttls", "required")]:
            return Encryption.STARTTLS
        case "smtp", [("starttls", "off")]:
            return Encryption.NONE
    raise ValueError("may end in ?starttls=required or ?starttls=off with smtp://, and in nothing else")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@attrs.frozen
class Sender:
    """Whom mail is from."""

    address: str
    name: str | None = None

    @classmethod
    def of(cls, text: str) -> "Sender":
        """From `no-reply@example.com` or `FitTrack <no-reply@example.com>`. Raises `ValueError`."""
        name, bracket, rest = text.strip().rpartition("<")
        address = rest.removesuffix(">") if bracket else rest
        name = name.strip().strip('"').strip()
        if not ADDRESS.fullmatch(address) or bool(bracket) is not rest.endswith(">"):
            raise ValueError("must be an address such as no-reply@example.com or FitTrack <no-reply@example.com>")
        if not name.isprintable() or len(name) > NAME_LENGTH_MAX:
            raise ValueError(f"must have a name of at most {NAME_LENGTH_MAX} printable characters, or none")
        return cls(address, name or None)

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]
