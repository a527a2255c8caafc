"""Every statement that the store can issue, put before the real driver: binds, types of values, JSON.

Nothing is sent anywhere: what a database would say to it is not known here.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import oracledb
import pytest

from fittrack_adapters.store.oracle_dialect import ORACLE, Document
from fittrack_adapters.store.sql import SqlSession
from fittrack_adapters.store.statements import with_binds
from fittrack_adapters.store.tables import Kind, Table
from fittrack_adapters.testing import StoppedClock
from tests.contract.test_tables import TABLES
from tests.double.blocks import parsed
from tests.double.offline import OfflineDatabase, offline_connection
from tests.double.session import BLOCKS, first_word
from tests.double.statements import NOON, definitions, find_rows, run_hand_written, write_rows
from tests.double.texts import faults_in

STUDIED = "26.1.0"
"""The driver whose inner interface the offline connection leans on."""


@pytest.fixture
def database() -> OfflineDatabase:
    return OfflineDatabase()


@pytest.fixture
def session(database: OfflineDatabase) -> SqlSession:
    return SqlSession(database, StoppedClock())


def test_the_driver_is_the_one_that_was_studied() -> None:
    assert STUDIED == oracledb.__version__, "study offline.py, wire.py and calls.py anew, then pin the new one"
    assert oracledb.is_thin_mode()


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_the_driver_takes_every_change_of_rows(session: SqlSession, table: Table[Any]) -> None:
    write_rows(session, table)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_the_driver_takes_every_query_of_rows(session: SqlSession, table: Table[Any]) -> None:
    find_rows(session, table)


def test_the_driver_takes_every_hand_written_statement(session: SqlSession) -> None:
    run_hand_written(session)


def test_no_statement_breaks_the_rules_of_the_language(database: OfflineDatabase, session: SqlSession) -> None:
    for table in TABLES:
        write_rows(session, table)
        find_rows(session, table)
    run_hand_written(session)
    issued = {*database.statements, *definitions()}
    assert len(issued) > 1_000
    assert [] == [(sql, fault) for sql in issued for fault in faults_in(sql)]


@pytest.mark.parametrize(
    ("sql", "fault"),
    [
        ("select kind from outbox limit 3", "LIMIT instead of FETCH FIRST"),
        ("insert into outbox (id) values (:id) on conflict do nothing", "ON CONFLICT instead of MERGE"),
        ("select o.id from outbox as o", "AS before the alias of a table"),
        ("select f.id from (select id from outbox) as f join users u on u.id = f.id", "AS before the alias of a table"),
        ("update outbox set kind = '' where id = :id", "an empty string, which is a missing value"),
        ("select id from outbox where n = :level", "level is a reserved word"),
        ("CREATE TABLE things (\n    size NUMBER(19)\n)", "size is a reserved word"),
        ("create index session on outbox (id)", "session is a reserved word"),
        ("create immutable table size (id raw(16)) no drop no delete", "size is a reserved word"),
        (
            "create immutable table t (a timestamp(6) with time zone) no drop no delete",
            "an instant with a zone in an immutable table",
        ),
        ("select id::text from outbox", "a cast with ::"),
        ("insert into outbox (id) values (:id) returning id", "RETURNING without INTO"),
        (f"select id from {'t' * 129}", f"{'t' * 129} is too long a name"),
        (
            "begin update outbox set kind = :kind; end",
            "no block: a block begins with BEGIN and ends with END and a semi",
        ),
        (
            "begin update outbox set kind = :kind end;",
            "no block: a block begins with BEGIN and ends with END and a semi",
        ),
        ("begin update outbox set kind = ':kind; end;", "no block: a statement in it has no end"),
        ("begin select kind from outbox; end;", "no block: nothing known here stands in it: select"),
        ("begin for r in (select id from outbox) loop null; end loop; end;", "no block: a query in it locks nothing"),
        ("begin for r in (select id from outbox for update) loop null; end;", "no block: nothing known here stands in"),
        ("begin delete from outbox; :n := 1; end;", "no block: nothing known here stands in it: :n := 1"),
        ("begin delete from outbox where id = :n; :n := sql%rowcount; end;", "n goes in and comes out"),
        ("begin delete from outbox where n = :level; end;", "level is a reserved word"),
        ("begin delete from outbox o where o.id = :id::raw; end;", "a cast with ::"),
        ("select 'no end from dual", "the driver cannot read it: DPY-2041: missing ending quote (')"),
    ],
)
def test_the_rules_have_teeth(sql: str, fault: str) -> None:
    assert any(found.startswith(fault) for found in faults_in(sql))


def test_what_is_put_together_stands_in_a_block_word_by_word(database: OfflineDatabase, session: SqlSession) -> None:
    run_hand_written(session)
    blocks = [parsed(sql) for sql in dict.fromkeys(database.statements) if first_word(sql) in BLOCKS]
    assert [3, 6, 6, 2] == [sum(not step.counts for step in block.steps) for block in blocks]
    alone = {with_binds(sql, lambda name: f":{name}_") for sql in database.statements}
    for block in blocks:
        said = [step for step in block.steps if not step.counts]
        assert {with_binds(step.sql, lambda name: f":{name.rstrip('0123456789')}") for step in said} <= alone
        assert [*block.names] == [name for step in block.steps for name in dict.fromkeys(step.binds)]
        assert [*block.outs] == [] or len(said) == len(block.outs)


def test_texts_and_comments_are_no_faults() -> None:
    assert [] == list(faults_in("select 'no limit, '' as level' from dual -- on conflict"))
    assert [] == list(faults_in("begin for r in (select a from t for update) loop null; end loop; end;"))
    assert [] == list(faults_in("begin delete from t where a = '; end' /* ; */ and b = :b; :n := sql%rowcount; end;"))


@pytest.mark.parametrize(
    ("sql", "binds", "code"),
    [
        ("select :missing from dual", {}, "DPY-4010"),
        ("select 1 from dual", {"surplus": 1}, "DPY-4008"),
        ("select :id from dual", {"id": UUID(int=1)}, "DPY-3002"),
    ],
)
def test_what_the_driver_refuses_is_known(sql: str, binds: dict[str, Any], code: str) -> None:
    with offline_connection().cursor() as cursor, pytest.raises(oracledb.Error) as refusal:
        cursor.execute(sql, binds)
    assert code == refusal.value.args[0].full_code


def test_an_instant_is_bound_with_its_zone_and_a_document_as_json(database: OfflineDatabase) -> None:
    with database.connection.cursor() as cursor:
        cursor.prepare("insert into t (a, b, c) values (:a, :b, :c)")
        values = {"a": NOON, "b": Document([1]), "c": NOON.date()}
        with pytest.raises(AttributeError, match="send"):
            cursor.execute(None, values)
        assert [oracledb.DB_TYPE_TIMESTAMP_TZ, oracledb.DB_TYPE_JSON, oracledb.DB_TYPE_DATE] == [
            cursor.bindvars[name].type for name in ("a", "b", "c")
        ]


@pytest.mark.parametrize(("kind", "value"), [("text", ""), ("bytes", b"")])
def test_nothing_is_refused_before_it_becomes_a_missing_value(kind: Kind, value: Any) -> None:
    with pytest.raises(ValueError, match="missing value on Oracle"):
        ORACLE.encoded(kind, value)


def test_an_instant_of_another_zone_is_sent_as_the_same_moment() -> None:
    at = datetime.fromisoformat("2026-03-02T07:00:00-05:00")
    assert NOON == ORACLE.encoded("instant", at)
    assert ORACLE.encoded("instant", at).hour == 12
