"""An installation moves from store to store: nothing is lost, changed or mixed up, wherever the move was ended."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import structlog
from typer.testing import CliRunner, Result

from fittrack_adapters.demo import seed_demo
from fittrack_adapters.settings import Settings
from fittrack_adapters.store import copying
from fittrack_adapters.store.copying import (
    Copyable,
    CopyDiffers,
    CopyIntoOtherData,
    CopyNotMigrated,
    compared,
    copy,
    rows_in,
)
from fittrack_adapters.store.memory import MemoryStore
from fittrack_adapters.store.migrate import migrate, pending
from fittrack_adapters.store.schema import tables
from fittrack_adapters.testing.builders import a_member, an_installation, an_open_drawing
from fittrack_adapters.testing.doubles import StoppedClock
from fittrack_adapters.wiring import open_store
from fittrack_cli.main import app
from fittrack_domain.tracking.intake import Delivery
from fittrack_domain.tracking.model import ActivityReport, Provider
from tests.databases import Databases
from tests.servers import free_port

NOW = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
TODAY = date(2026, 3, 18)
KEY = bytes(32)
CHILD = Path(__file__).with_name("copy_child.py")


class Interrupted(Exception):
    """Somebody pressed Ctrl-C."""


def at(path: Path) -> str:
    return f"sqlite:///{path}"


@contextmanager
def opened(url: str) -> Iterator[Copyable]:
    store = open_store(Settings(database_url=url))
    assert not isinstance(store, MemoryStore)
    with closing(store):
        yield store


def settle(url: str, *names: str, seed: int = 0) -> str:
    """A small installation in which these members have walked, and bought tickets of a drawing."""
    with an_installation(StoppedClock(NOW), url, seed) as installation:
        fittrack = installation.fittrack
        drawing = an_open_drawing(fittrack)
        for number, name in enumerate(names):
            member = a_member(fittrack, name, points=500)
            connection = fittrack.tracking.connect(member, Provider.FITBIT, f"{seed}-{number}", TODAY)
            fittrack.tracking.receive([Delivery(connection.id, (ActivityReport.of_steps(TODAY, 10_000 + number),))])
            fittrack.sweepstakes.buy_tickets(member, drawing.id, 1)
        fittrack.relay.drain()
    return url


@pytest.fixture
def town(tmp_path: Path) -> str:
    return settle(at(tmp_path / "town.db"), "ann", "bob")


@pytest.fixture
def empty(tmp_path: Path) -> str:
    return at(tmp_path / "new" / "empty.db")


def fittrack(*words: str) -> Result:
    """Runs a command; a traceback fails the test."""
    result = CliRunner().invoke(app, words, env={"FITTRACK_MASTER_KEY": KEY.hex()})
    structlog.reset_defaults()
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def moved(source: str, target: str) -> Any:
    result = fittrack("db", "copy", "--from", source, "--to", target, "--json")
    assert 0 == result.exit_code, result.stderr
    return json.loads(result.stdout)


def refusal(source: str, target: str) -> tuple[int, str]:
    result = fittrack("db", "copy", "--from", source, "--to", target)
    assert "" == result.stdout
    return result.exit_code, result.stderr


def content(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """All that is in a SQLite file, read past FitTrack; documents without the order of their members."""
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database:
        names = [name for (name,) in database.execute("select name from sqlite_master where type = 'table'")]
        rows = {name: database.execute(f"select * from {name}").fetchall() for name in names}
    del rows["schema_migrations"]  # when it was migrated
    return {name: sorted((tuple(map(_document, row)) for row in found), key=str) for name, found in rows.items()}


def _document(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) and value[:1] in ("{", "[") else value


def test_the_demo_moves_round_all_stores(tmp_path: Path, databases: Databases, double_url: str) -> None:
    first, last = at(tmp_path / "first.db"), at(tmp_path / "last.db")
    an_installation(StoppedClock(NOW), first).close()
    seed_demo(Settings(database_url=first, master_key=KEY), now=NOW)
    before = content(first)
    stops = [first, databases.new_empty(), double_url, last]
    reports = [moved(*pair) for pair in pairwise(stops)]
    rows = {name: len(found) for name, found in before.items()}
    assert [{"valid": True, "added": sum(rows.values()), "rows": rows, "problems": []}] * 3 == reports
    assert before == content(last) == content(first)


def test_every_column_of_every_table_moves(town: str) -> None:
    with closing(sqlite3.connect(town.removeprefix("sqlite:///"))) as database:
        found = {
            name: database.execute("select name, pk > 0 from pragma_table_info(?)", (name,)).fetchall()
            for (name,) in database.execute("select name from sqlite_master where type = 'table'")
        }
    del found["schema_migrations"]
    assert found == {table.name: [(name, name in table.key) for name in table.fields] for table in tables()}


def test_a_copy_that_is_killed_again_and_again_comes_to_its_end(town: str, postgres_url: str) -> None:
    child = subprocess.run(
        [sys.executable, CHILD, town, postgres_url], check=True, stdout=subprocess.PIPE, text=True, timeout=60
    )
    assert int(child.stdout) > 5
    with opened(town) as source, opened(postgres_url) as target:
        assert 0 == copy(source, target)
        assert rows_in(source) == sum(compared(source, target).values())


@pytest.mark.parametrize("name", ["sqlite", "postgres", "double"])
def test_a_copy_goes_on_after_the_last_row(
    town: str, empty: str, name: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "BATCH", 5)  # so that tables are interrupted within, also those with several keys
    url = empty if name == "sqlite" else request.getfixturevalue(f"{name}_url")
    with opened(town) as source, opened(url) as target:
        interruptions = 0
        while _was_interrupted(source, target):
            interruptions += 1
        assert interruptions > 5
        assert 0 == copy(source, target)
        assert rows_in(source) == sum(compared(source, target).values())


def _was_interrupted(source: Copyable, target: Copyable) -> bool:
    """A copy that is interrupted after two batches."""
    told: list[int] = []

    def on_rows(rows: int) -> None:
        told.append(rows)
        if len(told) == 3:
            raise Interrupted

    try:
        copy(source, target, on_rows)
    except Interrupted:
        return True
    return False


def test_what_was_copied_is_told_and_counted_once(town: str, empty: str) -> None:
    with opened(town) as source, opened(empty) as target:
        rows = rows_in(source)
        told: list[int] = []
        assert rows == copy(source, target, told.append)
        assert (0, rows) == (told[0], sum(told))
        told.clear()
        assert 0 == copy(source, target, told.append)
        assert [rows] == told


def test_the_copy_serves_on(town: str, empty: str) -> None:
    moved(town, empty)
    with an_installation(StoppedClock(NOW), empty, seed=1) as installation:
        ann = installation.fittrack.identity.member_by_email("ann@example.com").id
        walked = installation.fittrack.points.balance(ann).balance
        installation.fittrack.points.adjust(None, ann, -100, "moved", "moved")
        assert walked - 100 == installation.fittrack.points.balance(ann).balance
        assert installation.fittrack.points.verify().clean
        assert installation.fittrack.audit.verify().whole


def test_people_are_shown_tables_and_told_what_to_mind(town: str, empty: str) -> None:
    result = fittrack("db", "copy", "--from", town, "--to", empty)
    assert 0 == result.exit_code
    assert "users" in result.stdout
    assert "were copied now" in result.stdout
    assert "must be stopped" in result.stderr
    assert "master key" in result.stderr
    assert not Path(empty.removeprefix("sqlite:///")).with_name("master.key").exists()


def test_another_installations_data_are_left_alone(town: str, tmp_path: Path, postgres_url: str) -> None:
    for other in (settle(at(tmp_path / "other.db"), "carl", seed=1), settle(postgres_url, "carl", seed=1)):
        with opened(town) as source, opened(other) as target:
            before = rows_in(target)
            with pytest.raises(CopyIntoOtherData):
                copy(source, target)
            assert before == rows_in(target)
        code, said = refusal(town, other)
        assert (1, True) == (code, "Copy into an empty database" in said)


def test_a_target_with_more_than_the_source_is_left_alone(town: str, empty: str, tmp_path: Path) -> None:
    nothing = settle(at(tmp_path / "nothing.db"))
    assert 1 == refusal(nothing, town)[0]
    moved(town, empty)
    settle(empty, "zoe", seed=1)
    assert 1 == refusal(town, empty)[0]


def test_a_source_that_was_changed_since_is_found_out(town: str, empty: str) -> None:
    moved(town, empty)
    with closing(sqlite3.connect(town.removeprefix("sqlite:///"))) as database:
        database.execute("update users set version = version + 1 where email_key = 'ann@example.com'")
        database.commit()
    with opened(town) as source, opened(empty) as target:
        with pytest.raises(CopyDiffers, match="users"):
            compared(source, target)
        with pytest.raises(CopyIntoOtherData, match="users"):
            copy(source, target)


def test_a_source_that_is_written_to_meanwhile_is_found_out(town: str, empty: str) -> None:
    def write(rows: int) -> None:
        told.append(rows)
        if len(told) == 2:
            settle(town, "zoe", seed=1)

    told: list[int] = []
    with opened(town) as source, opened(empty) as target:
        copy(source, target, write)
        with pytest.raises(CopyDiffers, match=r"users.*Stop every server"):
            compared(source, target)


def test_both_must_be_migrated_as_far(town: str, empty: str, tmp_path: Path) -> None:
    with opened(empty) as bare, opened(town) as target:
        with pytest.raises(CopyNotMigrated, match="source"):
            rows_in(bare)
        with pytest.raises(CopyNotMigrated, match="source"):
            copy(bare, target)
    behind = settle(at(tmp_path / "behind.db"), "ann")
    _forget_notices(behind)
    with opened(town) as source, opened(behind) as target, pytest.raises(CopyNotMigrated, match="target"):
        copy(source, target)


def test_an_empty_target_that_was_migrated_half_way_is_finished(town: str, empty: str) -> None:
    with opened(town) as source, opened(empty) as target:
        migrate(target)
        with closing(sqlite3.connect(empty.removeprefix("sqlite:///"))) as database:
            database.execute("drop table mail_box")
            database.execute("drop table notifications")
        _forget_notices(empty)
        copy(source, target)
        assert [] == pending(target)
        compared(source, target)


def _forget_notices(url: str) -> None:
    """As if the migrations that made and changed their tables were still to come."""
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database:
        database.execute("delete from schema_migrations where migration_no in (9, 15)")
        database.commit()


def test_books_that_do_not_verify_are_told_of(town: str, empty: str) -> None:
    with closing(sqlite3.connect(town.removeprefix("sqlite:///"))) as database:
        database.execute("update wallets set credits = credits + 1, version = version + 1")
        database.commit()
    result = fittrack("db", "copy", "--from", town, "--to", empty, "--json")
    assert (1, False) == (result.exit_code, json.loads(result.stdout)["valid"])
    assert "ledger: " in result.stderr


def test_addresses_between_which_nothing_can_move(town: str, tmp_path: Path) -> None:
    same = at(tmp_path / "somewhere" / ".." / "town.db")
    server = "postgresql://ann@db.example.com/fittrack"
    for source, target, reason in (
        (town, same, "--to: is the same database as --from"),
        (server, "postgresql://bob:secret@db.example.com:5432/fittrack", "--to: is the same database as --from"),
        (at(tmp_path / "none.db"), town, "--from: there is no file"),
        ("memory://", town, "--from: must be a file or a server"),
        (town, "mysql://x", "--to: must be sqlite:///"),
    ):
        code, said = refusal(source, target)
        assert (2, True) == (code, reason in said), said
        assert "secret" not in said
    assert not (tmp_path / "none.db").exists()


@pytest.mark.parametrize("scheme", ["postgresql", "oracle"])
def test_a_server_that_does_not_answer(town: str, scheme: str) -> None:
    nobody = f"{scheme}://ann:secret@127.0.0.1:{free_port()}/fittrack"
    for source, target in ((town, nobody), (nobody, town)):
        code, said = refusal(source, target)
        assert (1, True) == (code, "The store cannot be used" in said)
        assert "secret" not in said
