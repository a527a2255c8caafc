"""`fittrack db` and `fittrack doctor`."""

import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from fittrack_adapters.terra.client import TerraClient
from fittrack_cli import doctor
from fittrack_domain.tracking.errors import GatewayUnreachable
from tests.double.services import Services
from tests.servers import free_port


def path_of(cli: Any) -> Path:
    return Path(cli.env["FITTRACK_DATABASE_URL"].removeprefix("sqlite:///"))


def with_settings(cli: Any, **settings: str) -> Any:
    return type(cli)({**cli.env, **{f"FITTRACK_{name.upper()}": value for name, value in settings.items()}})


def in_production(cli: Any) -> Any:
    """With all that production needs."""
    return with_settings(
        cli, environment="production", smtp_url="smtp://mail.invalid", mail_from="no-reply@fittrack.test"
    )


def test_a_database_is_made_and_migrated_once(nowhere: Any) -> None:
    pending = nowhere.json("db", "status")["pending"]
    assert "0001_shared" == pending[0]
    assert "Next:       fittrack db migrate" in nowhere.text("db", "status")
    assert {"applied": pending} == nowhere.json("db", "migrate")
    assert {"applied": []} == nowhere.json("db", "migrate")
    assert "The database is up to date." in nowhere.text("db", "migrate")
    assert {
        "database": nowhere.env["FITTRACK_DATABASE_URL"],
        "migrations": len(pending),
        "pending": [],
    } == nowhere.json("db", "status")


def test_a_database_that_is_not_migrated_is_told_of(nowhere: Any) -> None:
    assert "Run: fittrack db migrate" in nowhere.refusal("members", "list")
    assert "Run: fittrack db migrate" in nowhere.refusal("serve")


def test_a_database_is_thrown_away_when_one_says_so(cli: Any) -> None:
    result = cli("db", "reset", typed="n\n")
    assert 1 == result.exit_code
    assert "Throw away everything" in result.stderr
    assert 4 == cli.json("members", "list")["pagination"]["totalItems"]

    assert 0 == cli("db", "reset", typed="y\n").exit_code
    assert 0 == cli.json("members", "list")["pagination"]["totalItems"]
    assert "empty and up to date" in cli.text("db", "reset", "--yes")


def test_a_production_database_is_not_thrown_away(cli: Any) -> None:
    production = in_production(cli)
    assert "not a development installation" in production.refusal("db", "reset", "--yes")
    assert 4 == cli.json("members", "list")["pagination"]["totalItems"]


def test_immutable_tables_are_for_oracle(cli: Any) -> None:
    assert "Only Oracle has immutable tables. On sqlite" in cli.refusal("db", "migrate", "--immutable-tables")
    memory = with_settings(cli, database_url="memory://")
    assert "Only Oracle has immutable tables. On memory" in memory.refusal("db", "migrate", "--immutable-tables")


def test_immutable_tables_are_made_looked_after_and_never_thrown_away(cli: Any, services: Services) -> None:
    kept = with_settings(cli, database_url=services.new_empty())
    applied = kept.json("db", "migrate", "--immutable-tables")["applied"]
    assert kept.json("db", "status")["migrations"] == len(applied)
    assert ("records", "ok") in statuses(kept)
    assert "The tables of record are immutable tables" in kept.refusal("db", "reset", "--yes")

    kind = with_settings(cli, database_url=services.new_empty())
    kind.json("db", "migrate")
    assert "records" not in dict(statuses(kind))
    assert "fittrack db copy" in kind.refusal("db", "migrate", "--immutable-tables")
    assert "Drop it there" in kind.refusal("db", "reset", "--yes")


def test_the_memory_store_has_nothing_to_migrate(cli: Any) -> None:
    memory = with_settings(cli, database_url="memory://")
    assert {"applied": []} == memory.json("db", "migrate")
    assert [] == memory.json("db", "status")["pending"]
    assert "empty" in memory.text("db", "reset")
    assert "warning" == dict(statuses(memory))["database"]


def statuses(cli: Any) -> list[tuple[str, str]]:
    result = cli("doctor", "--json")
    document = json.loads(result.stdout)
    assert (0 if document["healthy"] else 1) == result.exit_code
    return [(check["name"], check["status"]) for check in document["checks"]]


def test_a_healthy_installation(cli: Any) -> None:
    assert [
        ("environment", "ok"),
        ("database", "ok"),
        ("migrations", "ok"),
        ("outbox", "ok"),
        ("keys", "ok"),
        ("redis", "ok"),
        ("beacon", "ok"),
        ("mail", "ok"),
        ("trackers", "ok"),
        ("server", "ok"),
    ] == statuses(cli)
    assert "development" in cli.text("doctor")


def test_in_production_a_key_to_sign_access_tokens_has_to_be_made(cli: Any) -> None:
    production = in_production(cli)
    assert ("keys", "problem") in statuses(production)
    assert "nobody can log in. Run: fittrack keys generate" in " ".join(production("doctor").stdout.split())
    production.text("keys", "generate")
    assert ("keys", "ok") in statuses(production)


def test_a_database_that_is_missing_not_current_or_none(nowhere: Any) -> None:
    assert ("database", "problem") in statuses(nowhere)
    assert not path_of(nowhere).parent.exists()
    nowhere.text("db", "status")
    assert [("database", "ok"), ("migrations", "problem")] == statuses(nowhere)[1:3]
    path_of(nowhere).write_text("This is no database, however long one looks at it." * 100)
    assert ("database", "problem") in statuses(nowhere)


def test_a_server_is_asked_for_its_version_and_its_clock(
    cli: Any, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = with_settings(cli, database_url=postgres_url)
    assert [("database", "ok"), ("clock", "ok"), ("migrations", "ok"), ("outbox", "ok")] == statuses(served)[1:5]
    assert "PostgreSQL" in served.text("doctor")
    monkeypatch.setattr(doctor, "CLOCK_SKEW_MAX", timedelta(-1))
    assert ("clock", "warning") in statuses(served)
    gone = f"postgresql://nobody@127.0.0.1:{free_port()}/nothing"
    assert ("database", "problem") in statuses(with_settings(cli, database_url=gone))


def test_bad_settings_are_told_all_at_once(cli: Any) -> None:
    bad = with_settings(cli, port="many", nonsense="1")
    assert [("FITTRACK_NONSENSE", "problem"), ("FITTRACK_PORT", "problem")] == statuses(bad)
    said = bad("members", "list")
    assert 2 == said.exit_code
    assert "FITTRACK_NONSENSE" in said.stderr
    assert "FITTRACK_PORT" in said.stderr


def test_production_without_a_beacon_is_worth_a_warning(cli: Any) -> None:
    assert ("beacon", "warning") in statuses(in_production(cli))


def test_a_beacon_is_asked(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from fittrack_adapters.beacon.drand import DrandBeacon
    from fittrack_adapters.beacon.errors import BeaconUnreachable

    drand = with_settings(cli, beacon="drand")
    for answer, status in (("b5", "ok"), (None, "problem"), (BeaconUnreachable(1, ("relay: silent",)), "problem")):
        monkeypatch.setattr(DrandBeacon, "signature", answering(answer))
        assert ("beacon", status) in statuses(drand)


def answering(answer: Any) -> Any:
    def signature(_beacon: object, round_no: int) -> Any:
        assert 1 == round_no
        if isinstance(answer, Exception):
            raise answer
        return answer

    return signature


TERRA = {"terra_dev_id": "a-developer", "terra_api_key": "a-key", "terra_signing_secrets": "a-secret"}


@pytest.mark.parametrize(
    ("answer", "status", "told"),
    [(None, "ok", "Terra answers"), (GatewayUnreachable("it answers 401"), "problem", "it answers 401")],
)
def test_terra_is_asked_whether_it_knows_us(
    cli: Any, monkeypatch: pytest.MonkeyPatch, answer: Any, status: str, told: str
) -> None:
    def check(_client: object) -> None:
        if answer:
            raise answer

    monkeypatch.setattr(TerraClient, "check", check)
    with_terra = with_settings(cli, **TERRA)
    assert ("trackers", status) in statuses(with_terra)
    assert told in with_terra("doctor").stdout
    assert "a-key" not in with_terra("doctor").stdout


def test_extras_that_are_not_installed_are_named(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "find_spec", lambda _: None)
    assert ("server", "warning") in statuses(cli)
    assert ("beacon", "problem") in statuses(with_settings(cli, beacon="drand"))
    assert ("trackers", "problem") in statuses(with_settings(cli, **TERRA))


def test_the_server_names_the_extra_it_needs(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fittrack_http.app", None)
    assert 'pip install "fittrack[http]"' in cli.refusal("serve")
