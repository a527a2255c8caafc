"""From settings to a running FitTrack: the only module that knows every adapter."""

from contextlib import AbstractContextManager
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeAlias

import attrs

from fittrack_adapters.beside import Beside
from fittrack_adapters.mail.box import BoxMailer, MailBox
from fittrack_adapters.neighbours import Neighbours
from fittrack_adapters.security.keys import KeyRing
from fittrack_adapters.security.passwords import Argon2Hasher
from fittrack_adapters.security.sealing import AesSealer, kept_key
from fittrack_adapters.security.tokens import JwtTokens
from fittrack_adapters.settings import BadSettings, BeaconKind, Settings
from fittrack_adapters.store.memory import MemoryStore
from fittrack_adapters.store.sqlite import SqliteStore
from fittrack_adapters.store.transaction import Transaction
from fittrack_adapters.system import SystemClock, SystemEntropy, SystemIds
from fittrack_domain.access.ports import PasswordHasher
from fittrack_domain.app import AppTx, FitTrack, Ports, assemble
from fittrack_domain.notices.ports import Mailer
from fittrack_domain.shared.errors import Fault
from fittrack_domain.shared.ports import Clock, Entropy, Ids, Sealer, Store
from fittrack_domain.sweepstakes.ports import Beacon
from fittrack_domain.tracking.gateway import TrackerGateway

if TYPE_CHECKING:
    from fittrack_adapters.redis.boards import RedisBoards
    from fittrack_adapters.store.oracle import OracleStore
    from fittrack_adapters.store.postgres import PostgresStore

AnyStore: TypeAlias = "MemoryStore | SqliteStore | PostgresStore | OracleStore"
MEMORY_KEY_BYTES = 32


@attrs.frozen
class Installation(AbstractContextManager["Installation"]):
    """A FitTrack over its store. Close it, or use it as a context manager."""

    settings: Settings
    store: AnyStore
    fittrack: FitTrack
    keys: KeyRing
    beside: Beside
    boards: "RedisBoards | None"

    @property
    def mail_box(self) -> MailBox:
        """The mail that was kept instead of sent."""
        return MailBox(self.store)

    @property
    def store_at_hand(self) -> SqliteStore | None:
        """The store, where all that a request asks is in this process, and reading waits for nobody."""
        return self.store if isinstance(self.store, SqliteStore) and self.beside.redis is None else None

    def close(self) -> None:
        self.beside.close()
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_fittrack(
    settings: Settings,
    *,
    clock: Clock = SystemClock(),  # noqa: B008  # frozen, without state
    ids: Ids = SystemIds(),  # noqa: B008
    entropy: Entropy = SystemEntropy(),  # noqa: B008
    hasher: PasswordHasher | None = None,
    gateway: TrackerGateway | None = None,
    durable: bool = True,
    neighbours: Neighbours | None = None,
) -> Installation:
    """Plugs the adapters together that `settings` choose. Nothing is read or written yet, but for the master key.

    `clock`, `ids` and `entropy` are the machine's own, passwords are hashed as the rules ask, and the gateway is Terra,
    if any; demo data and tests bring theirs. Without `durable`, a power cut may lose the last commits. `neighbours` are
    the other processes of the same server, if it has any.
    """
    store = open_store(settings, clock=clock, ids=ids, durable=durable, neighbours=neighbours)
    beside = _beside(settings, neighbours)
    boards = _boards(beside, store, clock)
    followed = _followed(store, boards)
    sealer = _sealer(settings, entropy)
    keys = KeyRing(followed, clock, sealer, generate=settings.development)
    ports = Ports(
        store=followed,
        clock=clock,
        ids=ids,
        entropy=entropy,
        sealer=sealer,
        beacon=_beacon(settings),
        gateway=gateway or _gateway(settings),
        mailer=_mailer(settings, store, clock),
        hasher=hasher or Argon2Hasher(),
        access_tokens=JwtTokens(keys),
        cache=beside.cache,
        deny_list=beside.deny_list,
        boards=boards,
    )
    return Installation(settings, store, assemble(ports), keys, beside, boards)


def open_store(
    settings: Settings,
    *,
    clock: Clock = SystemClock(),  # noqa: B008
    ids: Ids = SystemIds(),  # noqa: B008
    durable: bool = True,
    neighbours: Neighbours | None = None,
) -> AnyStore:
    """The store that `settings` choose, not connected yet."""
    if settings.database_path is not None:
        written = None if neighbours is None else neighbours.written
        return SqliteStore(settings.database_path, clock, ids, durable=durable, written=written)
    if settings.database_url.startswith("postgresql://"):
        if find_spec("psycopg") is None:
            raise BadSettings((Fault("FITTRACK_DATABASE_URL", 'needs an extra: pip install "fittrack[postgres]"'),))
        from fittrack_adapters.store.postgres import PostgresStore

        return PostgresStore(settings.database_address, clock, ids, durable=durable)
    if settings.database_url.startswith("oracle://"):
        if find_spec("oracledb") is None:
            raise BadSettings((Fault("FITTRACK_DATABASE_URL", 'needs an extra: pip install "fittrack[oracle]"'),))
        from fittrack_adapters.store.oracle import OracleStore

        return OracleStore(settings.database_address, clock, ids)
    return MemoryStore(clock, ids)


def _beside(settings: Settings, neighbours: Neighbours | None) -> Beside:
    if settings.redis_url is None:
        return Beside(neighbours=neighbours)
    if find_spec("redis") is None:
        raise BadSettings((Fault("FITTRACK_REDIS_URL", 'needs an extra: pip install "fittrack[redis]"'),))
    from fittrack_adapters.redis.server import RedisServer

    return Beside(RedisServer(settings.redis_url), neighbours)


def _boards(beside: Beside, store: AnyStore, clock: Clock) -> "RedisBoards | None":
    if beside.redis is None:
        return None
    from fittrack_adapters.redis.boards import RedisBoards
    from fittrack_adapters.redis.standings import StandingSets

    return RedisBoards(StandingSets(beside.redis), store, clock, beside.lease)


def _followed(store: AnyStore, boards: "RedisBoards | None") -> Store[Transaction]:
    if boards is None:
        return store
    from fittrack_adapters.redis.following import FollowedStore

    return FollowedStore(store, boards.follow)


def _mailer(settings: Settings, store: AnyStore, clock: Clock) -> Mailer:
    if settings.smtp_url is None:
        return BoxMailer(store, clock, settings.app_url)
    from fittrack_adapters.mail.smtp import SmtpMailer

    assert settings.mail_from is not None, "asked for by the settings"
    return SmtpMailer(settings.smtp_url, settings.mail_from, clock, settings.app_url)


def _sealer(settings: Settings, entropy: Entropy) -> Sealer:
    if settings.master_key is not None:
        return AesSealer(settings.master_key)
    path = settings.database_path
    return AesSealer(entropy.token(MEMORY_KEY_BYTES) if path is None else kept_key(_key_path(path)))


def _key_path(database: Path) -> Path:
    return database.with_name("master.key")


def _beacon(settings: Settings) -> Beacon:
    if settings.beacon is BeaconKind.DRAND:
        from fittrack_adapters.beacon.drand import DrandBeacon

        return DrandBeacon(settings.beacon_relays)
    from fittrack_adapters.beacon.none import NoBeacon

    return NoBeacon()


def _gateway(settings: Settings) -> TrackerGateway:
    if settings.terra_dev_id is None or settings.terra_api_key is None:
        from fittrack_adapters.terra.none import NoGateway

        return NoGateway()
    if find_spec("httpx") is None or find_spec("stamina") is None:
        raise BadSettings((Fault("FITTRACK_TERRA_DEV_ID", 'needs an extra: pip install "fittrack[terra]"'),))
    from fittrack_adapters.terra.client import TerraClient
    from fittrack_adapters.terra.gateway import TerraGateway

    client = TerraClient(settings.terra_url, settings.terra_dev_id, settings.terra_api_key)
    return TerraGateway(settings.terra_signing_secrets, client, settings.app_url)


def _transaction_serves_every_context(tx: Transaction) -> AppTx:
    """Never called: lets the type checker prove that the one transaction class satisfies every context's Protocol."""
    return tx
