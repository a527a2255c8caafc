"""The double itself: what the real driver sends to it comes back as it went in, and errors have their numbers."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import oracledb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fittrack_adapters.store.oracle import prepared
from fittrack_adapters.store.oracle_dialect import Document
from tests.double.server import Double
from tests.double.services import Services
from tests.double.wire import Reader, Writer, read_decimal, read_instant, write_decimal, write_instant

THINGS = """
create table things (
    id raw(16) not null primary key, amount number(19), price number(10, 2), title varchar2(200 char), born date,
    at_instant timestamp(6) with time zone, document json, picture blob, story clob, is_open boolean,
    parent raw(16) references things (id), check (amount >= 0)
)
"""
NOON = datetime(2026, 3, 2, 12, 30, 59, 123456, tzinfo=UTC)
INSERT = "insert into things (id, {0}) values (:id, :value)"


@given(
    st.one_of(
        st.integers(-(10**38) + 1, 10**38 - 1),
        st.decimals(-(10**12), 10**12, places=6, allow_nan=False, allow_infinity=False),
    )
)
def test_numbers_lie_on_the_wire_as_they_are(value: int | Decimal) -> None:
    assert value == read_decimal(write_decimal(value))


@given(st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)))  # noqa: DTZ001  # the wire has none
def test_instants_lie_on_the_wire_as_they_are(value: datetime) -> None:
    assert value == read_instant(write_instant(value))


@given(st.binary(max_size=100_000), st.integers(0, 2**64 - 1))
def test_messages_of_any_length_are_read_as_written(data: bytes, number: int) -> None:
    written = bytes(Writer().counted(data).number(number))
    reader = Reader(b"", more=iter([written[:7], written[7:], b""]).__next__)
    assert (data, number) == (reader.counted(), reader.number())


@pytest.fixture
def connect(services: Services) -> Iterator[Callable[..., oracledb.Connection]]:
    service = urlsplit(services.new_empty()).path.removeprefix("/")
    opened: list[oracledb.Connection] = []

    def connect(**how: Any) -> oracledb.Connection:
        address = services.double.address(service)
        opened.append(oracledb.connect(**{"user": Double.user, "password": Double.password, "dsn": address, **how}))
        return prepared(opened[-1])

    yield connect
    for connection in opened:
        connection.close()


@pytest.fixture
def connection(connect: Callable[..., oracledb.Connection]) -> oracledb.Connection:
    connection = connect()
    connection.cursor().execute(THINGS)
    return connection


def key(number: int) -> bytes:
    return UUID(int=number).bytes


def code_of(refusal: pytest.ExceptionInfo[oracledb.Error]) -> str:
    code: str = refusal.value.args[0].full_code
    return code


def test_it_answers(connection: oracledb.Connection) -> None:
    with connection.cursor() as cursor:
        assert [(1,)] == cursor.execute("select 1 from dual").fetchall()
    connection.ping()
    assert connection.version.startswith("23.")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("amount", 2**53),
        ("amount", 0),
        ("price", Decimal("1234567.89")),
        ("title", "Ünïcödé ✓ 漢字 'quoted' :name"),
        ("born", datetime(2026, 2, 28)),  # noqa: DTZ001  # a date comes back with a midnight
        ("at_instant", NOON),
        ("picture", bytes(range(256)) * 600),
        ("story", "long ✓ " * 9_000),
        ("is_open", True),
        ("is_open", False),
        *[(name, None) for name in ("amount", "title", "born", "at_instant", "document", "picture", "story")],
    ],
)
def test_values_come_back_as_they_went(connection: oracledb.Connection, column: str, value: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(INSERT.format(column), {"id": key(1), "value": value})
        for _ in range(3):  # asked for the first time, with its definitions, and again
            [(found,)] = cursor.execute(f"select {column} from things", fetch_lobs=False).fetchall()
            assert value == (found.replace(tzinfo=UTC) if column == "at_instant" and found else found)


def test_a_document_comes_back_with_its_numbers_as_decimals(connection: oracledb.Connection) -> None:
    document = {"text": 'é\n"', "list": [1, True, None, {"deep": []}], "big": 2**53 - 1, "half": Decimal("0.5")}
    with connection.cursor() as cursor:
        cursor.execute(INSERT.format("document"), {"id": key(1), "value": Document(document)})
        assert [(document,)] == cursor.execute("select document from things").fetchall()


def test_rows_come_in_as_many_batches_as_it_takes(connection: oracledb.Connection) -> None:
    with connection.cursor() as cursor:
        rows = [(key(n), n, date(2026, 3, 2), f"thing {n} " * 10) for n in range(1, 2_501)]
        cursor.executemany("insert into things (id, amount, born, title) values (:1, :2, :3, :4)", rows)
        assert 2_500 == cursor.rowcount
        cursor.arraysize = 100
        cursor.execute("select amount from things where amount > :least order by amount", {"least": 1})
        assert [(n,) for n in range(2, 2_501)] == cursor.fetchall()


def test_a_transaction_is_kept_or_taken_back(connect: Callable[..., oracledb.Connection]) -> None:
    one, other = connect(), connect()
    count = "select count(*) from things"
    with one.cursor() as mine, other.cursor() as theirs:
        mine.execute(THINGS)
        mine.execute(INSERT.format("amount"), {"id": key(1), "value": 1})
        assert [(0,)] == theirs.execute(count).fetchall()
        one.rollback()
        assert [(0,)] == mine.execute(count).fetchall()
        mine.execute(INSERT.format("amount"), {"id": key(1), "value": 1})
        one.commit()
        assert [(1,)] == theirs.execute(count).fetchall()


def test_a_failed_statement_takes_back_only_itself(connection: oracledb.Connection) -> None:
    with connection.cursor() as cursor:
        cursor.execute(INSERT.format("amount"), {"id": key(1), "value": 1})
        with pytest.raises(oracledb.IntegrityError):
            cursor.execute(INSERT.format("amount"), {"id": key(1), "value": 2})
        connection.commit()
        assert [(1,)] == cursor.execute("select amount from things").fetchall()


def test_errors_in_a_batch_are_told_by_row(connection: oracledb.Connection) -> None:
    rows = [{"id": key(n), "value": n} for n in (1, 2, 1, 3, 2)]
    with connection.cursor() as cursor:
        cursor.executemany(INSERT.format("amount"), rows, batcherrors=True)
        assert 3 == cursor.rowcount
        assert [(2, "ORA-00001"), (4, "ORA-00001")] == [(e.offset, e.full_code) for e in cursor.getbatcherrors()]
        cursor.executemany(INSERT.format("amount"), [{"id": key(9), "value": 9}], batcherrors=True)
        assert [] == cursor.getbatcherrors()


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("insert into things (id) values (null)", "ORA-01400"),
        ("update things set amount = -1", "ORA-02290"),
        ("update things set parent = hextoraw('00')", "ORA-02291"),
        ("delete from things where parent is null", "ORA-02292"),
        ("select nothing from things", "ORA-00904"),
        ("select 1 from nowhere", "ORA-00942"),
        ("select from from from", "ORA-00900"),
        ("create table things (id number(19))", "ORA-00955"),
    ],
)
def test_errors_have_their_numbers(connection: oracledb.Connection, sql: str, code: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(INSERT.format("amount"), {"id": key(1), "value": 1})
        cursor.execute("insert into things (id, parent) values (:id, :value)", {"id": key(2), "value": key(1)})
        with pytest.raises(oracledb.DatabaseError) as refusal:
            cursor.execute(sql)
    assert code == code_of(refusal)


def test_the_name_of_a_constraint_stands_in_the_message(connection: oracledb.Connection) -> None:
    with connection.cursor() as cursor:
        cursor.execute(INSERT.format("amount"), {"id": key(1), "value": 1})
        with pytest.raises(oracledb.IntegrityError, match=r"unique constraint \(FITTRACK\.THINGS_PKEY\) violated"):
            cursor.execute(INSERT.format("amount"), {"id": key(1), "value": 2})


def test_who_locks_first_is_waited_for_or_not(connect: Callable[..., oracledb.Connection]) -> None:
    one, other = connect(), connect()
    with one.cursor() as mine, other.cursor() as theirs:
        mine.execute(THINGS)
        mine.execute(INSERT.format("amount"), {"id": key(1), "value": 1})
        one.commit()
        mine.execute("select amount from things for update")
        assert [] == theirs.execute("select amount from things for update skip locked").fetchall()
        with pytest.raises(oracledb.DatabaseError) as refusal:
            theirs.execute("select amount from things for update nowait")
    assert "ORA-00054" == code_of(refusal)


def test_a_view_of_one_moment_stays_that_and_refuses_changes(connect: Callable[..., oracledb.Connection]) -> None:
    one, other = connect(), connect()
    with one.cursor() as mine, other.cursor() as theirs:
        mine.execute(THINGS)
        theirs.execute("set transaction read only")
        assert [(0,)] == theirs.execute("select count(*) from things").fetchall()
        mine.execute(INSERT.format("amount"), {"id": key(1), "value": 1})
        one.commit()
        assert [(0,)] == theirs.execute("select count(*) from things").fetchall()
        with pytest.raises(oracledb.DatabaseError) as refusal:
            theirs.execute("delete from things")
        assert "ORA-01456" == code_of(refusal)
        other.rollback()
        assert [(1,)] == theirs.execute("select count(*) from things").fetchall()


def test_a_serializable_transaction_that_cannot_be_is_refused(connect: Callable[..., oracledb.Connection]) -> None:
    one, other = connect(), connect()
    with one.cursor() as mine, other.cursor() as theirs:
        mine.execute(THINGS)
        mine.execute(INSERT.format("amount"), {"id": key(1), "value": 1})
        one.commit()
        theirs.execute("set transaction isolation level serializable")
        assert [(1,)] == theirs.execute("select amount from things").fetchall()
        mine.execute("update things set amount = 2")
        one.commit()
        with pytest.raises(oracledb.DatabaseError) as refusal:
            theirs.execute("update things set amount = 3")
    assert "ORA-08177" == code_of(refusal)


def test_an_empty_text_is_a_missing_one(connection: oracledb.Connection) -> None:
    with connection.cursor() as cursor:
        cursor.execute(INSERT.format("title"), {"id": key(1), "value": ""})
        assert [(1,)] == cursor.execute("select count(*) from things where title is null").fetchall()


@pytest.mark.parametrize(
    ("how", "code"),
    [({"password": "wrong"}, "ORA-01017"), ({"user": "nobody"}, "ORA-01017")],
)
def test_only_who_knows_the_password_comes_in(
    connect: Callable[..., oracledb.Connection], how: dict[str, str], code: str
) -> None:
    with pytest.raises(oracledb.DatabaseError) as refusal:
        connect(**how)
    assert code == code_of(refusal)


def test_an_unknown_service_is_refused(services: Services) -> None:
    with pytest.raises(oracledb.OperationalError, match='DPY-6001: Service "nowhere" is not registered'):
        oracledb.connect(user=Double.user, password=Double.password, dsn=services.double.address("nowhere"))


def test_documents_over_tables_are_shown(connection: oracledb.Connection) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "create or replace json relational duality view things_dv as select json {"
            " '_id' : t.id, 'amount' : t.amount with noupdate nocheck,"
            " 'parts' : [ select json { 'partId' : p.id } from things p where p.parent = t.id ],"
            " 'whole' : ( select json { 'wholeId' : w.id } from things w where w.id = t.parent )"
            "} from things t"
        )
        cursor.execute(INSERT.format("amount"), {"id": key(1), "value": 1})
        cursor.execute(INSERT.format("parent"), {"id": key(2), "value": key(1)})
        cursor.execute(
            "select v.data from things_dv v"
            " where json_value(v.data, '$.\"_id\"' returning varchar2(32)) = rawtohex(:found_by)",
            {"found_by": key(1)},
        )
        shown = {"_id": key(1).hex(), "amount": 1, "parts": [{"partId": key(2).hex()}], "whole": None}
        assert [(shown,)] == cursor.fetchall()
