"""Several changes in one block: run in their order, all or nothing, and how many rows each touched comes back."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import oracledb
import pytest

from fittrack_adapters.store.codec import Statement
from fittrack_adapters.store.oracle import OracleDatabase, prepared
from fittrack_adapters.store.oracle_dialect import Document
from fittrack_domain.shared.errors import AlreadyExists, StoreBusy, StoreUnreachable
from tests.double.faults import Effect, Fault
from tests.double.server import Double
from tests.double.services import Services

Connect = Callable[[], OracleDatabase]
THINGS = "create table things (id raw(16) not null primary key, amount number(19), document json, title varchar2(900))"


@pytest.fixture
def trips() -> list[str]:
    return []


@pytest.fixture
def connect(services: Services, trips: list[str]) -> Iterator[Connect]:
    dsn = services.double.address(urlsplit(services.new_empty()).path.removeprefix("/"))
    with ExitStack() as at_end:

        def connect() -> OracleDatabase:
            connection = oracledb.connect(
                user=Double.user, password=Double.password, dsn=dsn, round_trip_callback=trips.append
            )
            return OracleDatabase(prepared(at_end.enter_context(connection)))

        yield connect


@pytest.fixture
def database(connect: Connect, trips: list[str]) -> OracleDatabase:
    database = connect()
    database.run(THINGS, {})
    trips.clear()
    return database


def adding(number: int, **more: Any) -> Statement:
    values = {"id": UUID(int=number).bytes, "amount": number, "document": None, "title": None, **more}
    return "insert into things (id, amount, document, title) values (:id, :amount, :document, :title)", values


def doubling(least: int) -> Statement:
    return "update things set amount = amount * 2 where amount >= :least and title <> ':least;'", {"least": least}


def amounts(database: OracleDatabase) -> list[int]:
    return [amount for (amount,) in database.fetch("select amount from things order by id", {})]


def test_each_change_tells_how_many_rows_it_touched(database: OracleDatabase, trips: list[str]) -> None:
    for number in range(4):  # told in full, and again with nothing but the values
        document = Document({"n": number, "text": "é" * 3_000})
        changes = [adding(2 * number, title="a"), adding(2 * number + 1, document=document, title="b"), doubling(2)]
        assert [1, 1, 2 * number] == database.run_together(changes)
    assert ["execute"] * 4 == trips
    assert [0, 1, 16, 24, 16, 20, 12, 14] == amounts(database)
    found = database.fetch("select document from things where document is not null order by id", {})
    assert [{"n": number, "text": "é" * 3_000} for number in range(4)] == [document for (document,) in found]


def locking(number: int) -> Statement:
    return "select id from things where id = :id for update", {"id": UUID(int=number).bytes}


def test_rows_are_locked_whether_they_are_there_or_not(database: OracleDatabase, trips: list[str]) -> None:
    database.run_together([adding(1), adding(2)])
    database.connection.commit()
    trips.clear()
    query = "select amount from things where amount < :most order by id", {"most": 9}
    for _ in range(3):
        assert [(1,), (2,)] == database.fetch_locked([locking(1), locking(7), locking(2)], query)
        database.connection.commit()
    assert ["execute", "execute", "commit"] * 3 == trips


def test_who_waits_for_a_lock_sees_what_was_left(database: OracleDatabase, connect: Connect) -> None:
    database.run_together([adding(1), adding(2)])
    database.connection.commit()
    database.fetch_locked([locking(1)], ("select 1 from dual", {}))
    other = connect()
    with ThreadPoolExecutor(1) as pool:
        found = pool.submit(other.fetch_locked, [locking(2), locking(1)], ("select sum(amount) from things", {}))
        with pytest.raises(TimeoutError):
            found.result(0.2)
        database.run("update things set amount = 100 where id = :id", {"id": UUID(int=1).bytes})
        database.connection.commit()
        assert [(102,)] == found.result(20)


def test_values_may_be_of_another_kind_the_next_time(database: OracleDatabase) -> None:
    titles: list[Any] = [None, "short", "long " * 170, None]
    for number, title in enumerate(titles):
        assert [1, 1] == database.run_together([adding(number, title=title), adding(number + 100)])
    assert [(title,) for title in titles] == database.fetch(
        "select title from things where amount < 100 order by id", {}
    )


def test_a_block_that_fails_takes_back_itself_and_nothing_else(database: OracleDatabase) -> None:
    database.run_together([adding(1), adding(2)])
    for _ in range(2):
        with pytest.raises(AlreadyExists, match="things_pkey"):
            database.run_together([adding(3), adding(2)])
    assert [1, 1] == database.run_together([adding(3), adding(4)])
    database.connection.commit()
    assert [1, 2, 3, 4] == amounts(database)


def test_it_may_fail_the_first_time_it_is_run(database: OracleDatabase) -> None:
    with pytest.raises(AlreadyExists):
        database.run_together([adding(3), adding(3)])
    assert [] == amounts(database)
    for number in (3, 5):
        assert [1, 1] == database.run_together([adding(number), adding(number + 1)])
    assert [3, 4, 5, 6] == amounts(database)


def test_the_error_names_the_line(database: OracleDatabase) -> None:
    with pytest.raises(AlreadyExists) as refusal:
        database.run_together([adding(1), adding(2), adding(1)])
    assert "ORA-06512: at line 4" in str(refusal.value.__cause__)


@pytest.mark.parametrize(
    ("block", "reason"),
    [
        ("begin delete from things where nothing = 1; end;", "ORA-00904: invalid identifier"),
        ("begin delete from things; end", "PLS-00103"),
        ("begin delete from things end;", "PLS-00103"),
        ("begin select id from things; end;", "PLS-00103"),
    ],
)
def test_what_is_no_block_is_refused_as_a_whole(database: OracleDatabase, block: str, reason: str) -> None:
    with pytest.raises(oracledb.DatabaseError, match=reason) as refusal:
        database.run(block, {})
    assert 6550 == refusal.value.args[0].code


@pytest.mark.parametrize(
    ("effect", "code", "error"),
    [
        (Effect.CUT_BEFORE, 0, StoreUnreachable),
        (Effect.CUT_AFTER, 0, StoreUnreachable),
        (Effect.FAIL, 60, StoreBusy),
        (Effect.FAIL, 1, AlreadyExists),
    ],
)
def test_what_goes_wrong_with_a_block_is_told_as_with_any_statement(
    database: OracleDatabase, services: Services, effect: Effect, code: int, error: type[Exception]
) -> None:
    services.double.faults.append(Fault("execute", effect, text="begin", code=code))
    with pytest.raises(error):
        database.run_together([adding(1), adding(2)])
    assert [] == services.double.faults
