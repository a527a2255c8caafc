"""The settings, from environment variables `FITTRACK_…`. Without any, FitTrack runs embedded: SQLite under ./var."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

import attrs

from fittrack_adapters.mail.addresses import Sender, SmtpServer
from fittrack_domain.shared.errors import Fault, Invalid

PREFIX = "FITTRACK_"
PARSE = "parse"
PROXIES_MAX = 10
QUICKNET_RELAYS = ("https://api.drand.sh", "https://drand.cloudflare.com")
SERVERS = ("postgresql://", "oracle://")
TERRA_URL = "https://access.tryterra.co/api/v2"
TERRA = ("terra_dev_id", "terra_api_key", "terra_signing_secrets")
SIGNING_SECRETS_MAX = 2
E = TypeVar("E", bound=Enum)


class Environment(Enum):
    """What the installation is for."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class BeaconKind(Enum):
    """Where a drawing's public randomness comes from."""

    NONE = "none"
    DRAND = "drand"


@attrs.frozen
class BadSettings(Invalid):
    """Environment variables that cannot be used, all of them at once."""

    faults: tuple[Fault, ...]
    code = "bad_settings"

    def __str__(self) -> str:
        lines = (f"  {fault.pointer}: {fault.detail}" for fault in self.faults)
        return "\n".join(("These settings cannot be used (.env.example explains each):", *lines))


def _one_of(kind: type[E]) -> Callable[[str], E]:
    def parse(text: str) -> E:
        try:
            return kind(text)
        except ValueError:
            raise ValueError(f"must be one of {', '.join(member.value for member in kind)}") from None

    return parse


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= 65_535):  # noqa: PLR2004  # the largest there is
        raise ValueError("must be a port number from 0 (any free one) to 65535")
    return int(text)


def _proxies(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= PROXIES_MAX):
        raise ValueError(f"must be how many trusted proxies stand before the server, 0 to {PROXIES_MAX}")
    return int(text)


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip().rstrip("/") for part in text.split(",") if part.strip())


def _urls(text: str) -> tuple[str, ...]:
    urls = _list(text)
    if not urls or not all(url.startswith(("https://", "http://")) for url in urls):
        raise ValueError("must be addresses that start with https:// or http://, separated by commas")
    return urls


def _page(text: str) -> str:
    if not re.fullmatch(r"https?://[^/?#@\s]+(/[^?#\s]*)?", text):
        raise ValueError("must be an address such as https://app.example.com, without ? and #")
    return text.rstrip("/")


def _url(text: str) -> str:
    if not text.startswith(("https://", "http://")):
        raise ValueError("must be an address that starts with https:// or http://")
    return text


def _secrets(text: str) -> tuple[str, ...]:
    secrets = tuple(part.strip() for part in text.split(",") if part.strip())
    if not 1 <= len(secrets) <= SIGNING_SECRETS_MAX:
        raise ValueError("must be one value; two, separated by a comma, while it is being changed")
    return secrets


def _key(text: str) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != 32:  # noqa: PLR2004  # AES-256
        raise ValueError("must be 32 bytes as 64 hexadecimal digits")
    return key


def _database(text: str) -> str:
    is_file = text.startswith("sqlite:///") and len(text) > len("sqlite:///")
    if not (is_file or text == "memory://" or text.startswith(SERVERS)):
        raise ValueError(
            "must be sqlite:///path/to/file, postgresql://user@host:5432/name, oracle://user@host:1521/service "
            "or memory://"
        )
    return text


def without_password(url: str) -> str:
    """The address of a database, fit to be shown."""
    return re.sub(r"(?<=:)[^:/@]+(?=@)|(?<=password=)[^&]+", "***", url)


def _redis(text: str) -> str:
    if not text.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("must start with redis://, rediss:// or unix://")
    return text


def _log_level(text: str) -> str:
    if text not in ("debug", "info", "warning", "error"):
        raise ValueError("must be one of debug, info, warning, error")
    return text


def _metrics_token(text: str) -> str:
    if not re.fullmatch(r"[!-~]{16,200}", text):
        raise ValueError("must be 16 to 200 visible characters: whoever knows it reads the metrics")
    return text


@attrs.frozen(kw_only=True)
class Settings:
    """Everything that can be set, with its default."""

    environment: Environment = attrs.field(default=Environment.DEVELOPMENT, metadata={PARSE: _one_of(Environment)})
    database_url: str = attrs.field(
        default="sqlite:///./var/fittrack.db", repr=without_password, metadata={PARSE: _database}
    )
    database_password: str | None = attrs.field(default=None, repr=False, metadata={PARSE: str})
    """For an address that names a user and no password."""
    host: str = attrs.field(default="127.0.0.1", metadata={PARSE: str})
    port: int = attrs.field(default=8000, metadata={PARSE: _port})
    trusted_proxies: int = attrs.field(default=0, metadata={PARSE: _proxies})
    """How many proxies of one's own every request passes: what they say of the caller's address is believed."""
    cors_origins: tuple[str, ...] = attrs.field(default=(), metadata={PARSE: _urls})
    master_key: bytes | None = attrs.field(default=None, repr=False, metadata={PARSE: _key})
    """Seals seeds and addresses. In development a key file beside the database stands in for it."""
    redis_url: str | None = attrs.field(default=None, repr=False, metadata={PARSE: _redis})
    """Copies and counts shared by all processes. Without it each process keeps its own."""
    smtp_url: SmtpServer | None = attrs.field(default=None, repr=False, metadata={PARSE: SmtpServer.of})
    """Carries mail. Without it, in development, mail is kept in the store to be looked at."""
    mail_from: Sender | None = attrs.field(default=None, metadata={PARSE: Sender.of})
    app_url: str | None = attrs.field(default=None, metadata={PARSE: _page})
    """The client on the web, or that phones open: mail leads there, and back from the sign-in of a tracker."""
    beacon: BeaconKind = attrs.field(default=BeaconKind.NONE, metadata={PARSE: _one_of(BeaconKind)})
    beacon_relays: tuple[str, ...] = attrs.field(default=QUICKNET_RELAYS, metadata={PARSE: _urls})
    terra_dev_id: str | None = attrs.field(default=None, metadata={PARSE: str})
    """Terra connects trackers. Without it they are connected by admins and imports only."""
    terra_api_key: str | None = attrs.field(default=None, repr=False, metadata={PARSE: str})
    terra_signing_secrets: tuple[str, ...] = attrs.field(default=(), repr=False, metadata={PARSE: _secrets})
    terra_url: str = attrs.field(default=TERRA_URL, metadata={PARSE: _url})
    log_level: str = attrs.field(default="info", metadata={PARSE: _log_level})
    metrics_token: str | None = attrs.field(default=None, repr=False, metadata={PARSE: _metrics_token})
    """With it metrics may be read from elsewhere; without it on the machine itself only."""

    @classmethod
    def load(cls, environ: Mapping[str, str]) -> "Settings":
        """Reads the variables. Empty ones count as not set. Raises `BadSettings` with every fault, unknown names too.

        Values are never repeated in the message: one of them is a key.
        """
        given = {name.removeprefix(PREFIX).lower(): value for name, value in environ.items() if name.startswith(PREFIX)}
        given = {name: value for name, value in given.items() if value and not name.startswith("test_")}
        fields = {field.name: field for field in attrs.fields(cls)}
        faults = [Fault(PREFIX + name.upper(), "is not a setting") for name in given if name not in fields]
        values: dict[str, Any] = {}
        for name in given.keys() & fields.keys():
            try:
                values[name] = fields[name].metadata[PARSE](given[name])
            except ValueError as error:
                faults.append(Fault(PREFIX + name.upper(), str(error)))
        faults += (Fault(PREFIX + name, detail) for name, detail in _lacking(given.keys(), values))
        if faults:
            raise BadSettings(tuple(sorted(faults, key=lambda fault: fault.pointer)))
        return cls(**values)

    def at(self, url: str) -> "Settings":
        """The same for another database, and nothing beside it. Raises `ValueError` as the variable's fault."""
        return attrs.evolve(self, database_url=_database(url), redis_url=None)

    @property
    def development(self) -> bool:
        return self.environment is Environment.DEVELOPMENT

    @property
    def database_path(self) -> Path | None:
        """The SQLite file; None for all other stores."""
        if not self.database_url.startswith("sqlite:///"):
            return None
        return Path(self.database_url.removeprefix("sqlite:///"))

    @property
    def database_address(self) -> str:
        """The database's URL with the password in its place."""
        parts = urlsplit(self.database_url)
        if self.database_password is None or not parts.username or parts.password is not None:
            return self.database_url
        user, _, host = parts.netloc.rpartition("@")
        return parts._replace(netloc=f"{user}:{quote(self.database_password, safe='')}@{host}").geturl()


def _lacking(given: Collection[str], values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is needed because of something else, and why."""
    production = values.get("environment") is Environment.PRODUCTION
    if "master_key" not in given:
        if production:
            yield "MASTER_KEY", "is needed in production: 64 hexadecimal digits, kept secret"
        elif values.get("database_url", "").startswith(SERVERS):
            yield "MASTER_KEY", "is needed with a database server: 64 hexadecimal digits"
    if "smtp_url" in given:
        if "mail_from" not in given:
            yield "MAIL_FROM", "is needed with FITTRACK_SMTP_URL: the address that mail is from"
    elif production:
        yield "SMTP_URL", "is needed in production: smtp://user:password@host:587"
    if any(name in given for name in TERRA):
        for name in TERRA:
            if name not in given:
                yield name.upper(), "is needed to connect trackers through Terra"
