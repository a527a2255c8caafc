"""`fittrack doctor`: what is configured, whether it can be reached, and whether it is current."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from typing import TYPE_CHECKING, Literal, NamedTuple

import typer

from fittrack_cli.output import AsJson, example, print_json, print_table

if TYPE_CHECKING:
    from fittrack_adapters.settings import Settings
    from fittrack_adapters.store.migrate import Migratable
    from fittrack_adapters.wiring import Installation

EPILOG = example("fittrack doctor", "fittrack doctor --json")

CLOCK_SKEW_MAX = timedelta(seconds=2)


class Finding(NamedTuple):
    """What was looked at, how it is, and what to do about it."""

    name: str
    status: Literal["ok", "warning", "problem"]
    detail: str


def doctor(as_json: AsJson = False) -> None:
    """Check what is configured, reachable and current.

    Ends with 1 on any problem, and says what to do about it.
    """
    findings = list(_findings())
    healthy = all(finding.status != "problem" for finding in findings)
    if as_json:
        print_json({"healthy": healthy, "checks": [finding._asdict() for finding in findings]})
    else:
        print_table(["what", "status", "detail"], findings)
    if not healthy:
        raise typer.Exit(1)


def _findings() -> Iterator[Finding]:
    from fittrack_adapters.logs import set_up_logs
    from fittrack_adapters.settings import BadSettings, Settings

    try:
        settings = Settings.load(os.environ)
    except BadSettings as error:
        yield from (Finding(fault.pointer, "problem", fault.detail) for fault in error.faults)
        return
    set_up_logs(settings)
    yield Finding("environment", "ok", settings.environment.value)
    yield from _database(settings)
    yield _redis(settings)
    yield _beacon(settings)
    yield _mail(settings)
    yield _trackers(settings)
    yield _extra("server", "sanic", "http")


def _database(settings: "Settings") -> Iterator[Finding]:
    from fittrack_domain.shared.errors import FitTrackError

    path = settings.database_path
    if settings.database_url == "memory://":
        yield Finding("database", "warning", "memory: everything is gone when a process ends")
        return
    if path is not None and not path.exists():
        yield Finding("database", "problem", f"{path} is not there yet. Run: fittrack db migrate")
        return
    try:
        yield from _stored(settings)
    except FitTrackError as error:
        yield Finding("database", "problem", str(error))


def _stored(settings: "Settings") -> Iterator[Finding]:
    from fittrack_adapters.store.memory import MemoryStore
    from fittrack_adapters.store.migrate import migrations, pending
    from fittrack_adapters.wiring import open_fittrack

    with open_fittrack(settings) as installation:
        store = installation.store
        assert not isinstance(store, MemoryStore), "told apart before"
        yield from _server(settings, store)
        lacking = pending(store)
        if lacking:
            yield Finding("migrations", "problem", f"{len(lacking)} are pending. Run: fittrack db migrate")
            return
        yield Finding("migrations", "ok", f"all {len(migrations())} applied")
        yield from _records(store)
        relay = installation.fittrack.relay
        waiting, parked = relay.waiting(), relay.parked().total
        yield Finding("outbox", "warning" if parked else "ok", f"{waiting} events waiting, {parked} given up")
        yield _keys(installation)


def _server(settings: "Settings", store: "Migratable") -> Iterator[Finding]:
    from fittrack_adapters.settings import without_password

    with store.connected() as database:
        [(version, at)] = database.fetch(database.dialect.about, {})
        skew = abs(datetime.now(UTC) - database.dialect.decoded("instant", at))
    if (path := settings.database_path) is not None:
        yield Finding("database", "ok", f"{path}, {path.stat().st_size / 1e6:,.1f} MB, {version}")
        return
    yield Finding("database", "ok", f"{without_password(settings.database_url)}, {version}")
    detail = f"{skew.total_seconds():.1f} seconds apart from the database's"
    ok = skew <= CLOCK_SKEW_MAX
    yield Finding("clock", "ok" if ok else "warning", detail if ok else f"{detail}. Let both follow a time server")


def _records(store: "Migratable") -> Iterator[Finding]:
    """Whether the server itself keeps what is of record, where it was asked to."""
    from fittrack_adapters.store.migrate import left_changeable

    changeable = left_changeable(store)
    if changeable is None:
        return
    if changeable:
        detail = f"no immutable tables any more, and nothing else keeps them: {', '.join(changeable)}"
        yield Finding("records", "problem", f"{detail}. Move into a new schema with: fittrack db copy")
    else:
        yield Finding("records", "ok", "in immutable tables")


def _keys(installation: "Installation") -> Finding:
    """Whether anybody can log in."""
    if any(key.retired_at is None for key in installation.keys.all()):
        return Finding("keys", "ok", "one signs access tokens")
    if installation.settings.development:
        return Finding("keys", "ok", "none yet: one is made when somebody logs in")
    return Finding("keys", "problem", "none signs access tokens: nobody can log in. Run: fittrack keys generate")


def _redis(settings: "Settings") -> Finding:
    if settings.redis_url is None:
        return Finding("redis", "ok", "none: caches, limits and leases are those of each process")
    missing = _extra("redis", "redis", "redis")
    if missing.status != "ok":
        return missing._replace(status="problem")
    from fittrack_adapters.redis.server import RedisAway, RedisServer

    server = RedisServer(settings.redis_url)
    try:
        return Finding("redis", "ok", f"Redis {server.version()} answers")
    except RedisAway as error:
        return Finding("redis", "warning", str(error))
    finally:
        server.close()


def _beacon(settings: "Settings") -> Finding:
    from fittrack_adapters.settings import BeaconKind

    if settings.beacon is BeaconKind.NONE:
        detail = "none: drawings rest on trust in the operator. Set FITTRACK_BEACON=drand for real ones"
        return Finding("beacon", "ok" if settings.development else "warning", detail)
    missing = _extra("beacon", "py_ecc", "drand")
    if missing.status != "ok":
        return missing._replace(status="problem")
    return _drand(settings)


def _drand(settings: "Settings") -> Finding:
    """Asks for the first round of all, which every relay knows."""
    from fittrack_adapters.beacon.drand import DrandBeacon
    from fittrack_domain.shared.errors import FitTrackError

    try:
        known = DrandBeacon(settings.beacon_relays).signature(1) is not None
    except FitTrackError as error:
        return Finding("beacon", "problem", str(error))
    return Finding("beacon", "ok", "drand answers") if known else Finding("beacon", "problem", "no relay knows round 1")


def _mail(settings: "Settings") -> Finding:
    """Goes as far as a mail would, without sending one."""
    from fittrack_adapters.mail.smtp import MailServerAway, SmtpMailer
    from fittrack_adapters.system import SystemClock

    if settings.smtp_url is None or settings.mail_from is None:
        return Finding("mail", "ok", "none is sent. It is kept to be looked at: fittrack mail list")
    try:
        found = SmtpMailer(settings.smtp_url, settings.mail_from, SystemClock()).check()
    except MailServerAway as error:
        return Finding("mail", "problem", str(error))
    return Finding("mail", "warning" if settings.smtp_url.is_exposed else "ok", found)


def _trackers(settings: "Settings") -> Finding:
    from fittrack_domain.shared.errors import FitTrackError

    if settings.terra_dev_id is None or settings.terra_api_key is None:
        return Finding("trackers", "ok", "no Terra: members cannot connect trackers. Set FITTRACK_TERRA_DEV_ID")
    missing = _extra("trackers", "stamina", "terra")
    if missing.status != "ok":
        return missing._replace(status="problem")
    from fittrack_adapters.terra.client import TerraClient

    try:
        TerraClient(settings.terra_url, settings.terra_dev_id, settings.terra_api_key).check()
    except FitTrackError as error:
        return Finding("trackers", "problem", str(error))
    return Finding("trackers", "ok", "Terra answers, and takes our credentials")


def _extra(name: str, module: str, extra: str) -> Finding:
    if find_spec(module) is None:
        return Finding(name, "warning", f'not installed. Run: pip install "fittrack[{extra}]"')
    return Finding(name, "ok", f"{module} is installed")
