"""One session of the double: transactions and statements as its clients expect them, run on a real PostgreSQL."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import attrs
import psycopg
from psycopg.pq import TransactionStatus
from psycopg.types.json import Jsonb

from tests.double import blocks, calls
from tests.double.calls import Bound, Column, Failure
from tests.double.translate import does_not_compile, failure_of, translated, translated_definition

DEFINITIONS = ("create", "alter", "drop", "comment", "truncate")
QUERIES = ("select", "with")
BLOCKS = ("begin", "declare")
READ_ONLY = "begin isolation level repeatable read read only"
SERIALIZABLE = "begin isolation level repeatable read"
KINDS = {
    "bool": calls.BOOLEAN,
    "bytea": calls.RAW,
    "date": calls.DATE,
    "int4": calls.NUMBER,
    "int8": calls.NUMBER,
    "jsonb": calls.JSON,
    "numeric": calls.NUMBER,
    "text": calls.VARCHAR,
    "timestamp": calls.TIMESTAMP,
    "timestamptz": calls.INSTANT,
    "varchar": calls.VARCHAR,
}
LARGE = {"blob": calls.BLOB, "clob": calls.CLOB}
ANY_SCALE = -127
MADE_MEANWHILE = (psycopg.errors.UniqueViolation, psycopg.errors.DuplicateObject, psycopg.errors.DuplicateTable)
"""What PostgreSQL says of a table that two make at once "if not exists"."""


@attrs.define
class Cursor:
    """A statement that the client may run again, and the rows it has not fetched yet."""

    sql: str
    binds: tuple[Bound, ...] = ()
    defines: tuple[Bound, ...] = ()
    columns: tuple[Column, ...] = ()
    rows: list[tuple[Any, ...]] = attrs.field(factory=list)
    at: int = 0
    told_directions: bool = False
    """Whether the client knows which binds of a block bring something back: those it does not send again."""

    @property
    def is_query(self) -> bool:
        return first_word(self.sql) in QUERIES

    @property
    def is_block(self) -> bool:
        return first_word(self.sql) in BLOCKS

    @property
    def sent_again(self) -> tuple[Bound, ...]:
        """The binds that come along when the client runs the statement again."""
        if not self.told_directions:
            return self.binds
        block = blocks.parsed(self.sql)
        return tuple(bind for name, bind in zip(block.names, self.binds, strict=True) if name not in block.outs)

    @property
    def told_in_full(self) -> bool:
        """Whether rows may be sent: large values want to be asked for."""
        return bool(self.defines) or not any(column.kind in calls.WHOLE for column in self.columns)

    def next(self, count: int) -> list[tuple[Any, ...]]:
        found = self.rows[self.at : self.at + count]
        self.at += len(found)
        return found

    @property
    def over(self) -> bool:
        return self.at >= len(self.rows)


@attrs.frozen
class Outcome:
    """What became of a statement."""

    count: int = 0
    failure: Failure | None = None
    failed: tuple[Failure, ...] = ()
    warned: bool = False
    """Whether something was made that does not compile."""
    touched: tuple[int, ...] = ()
    """What the binds of a block bring back."""


class Refused(Exception):
    """The statement failed, and only the statement."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


class Session:
    """A connection of PostgreSQL that behaves as the double's clients expect."""

    def __init__(self, url: str) -> None:
        self.postgres = psycopg.connect(url, autocommit=True)
        self.postgres.execute("set timezone = 'UTC'")
        self._kinds: dict[tuple[int, int], str] = {}

    @property
    def busy(self) -> bool:
        """Whether a transaction is open."""
        return self.postgres.info.transaction_status in (TransactionStatus.INTRANS, TransactionStatus.INERROR)

    def commit(self) -> None:
        if self.busy:
            self.postgres.execute("commit")

    def roll_back(self) -> None:
        if self.busy:
            self.postgres.execute("rollback")

    def run(self, cursor: Cursor, binds: Sequence[Sequence[Any]], *, collect_errors: bool = False) -> Outcome:
        """Runs a statement once per row of binds. Whatever fails takes back itself and nothing else."""
        word = first_word(cursor.sql)
        try:
            if cursor.is_query:
                return self._query(cursor, binds[0] if binds else ())
            if word == "set":
                return self._begin(SERIALIZABLE if "serializable" in cursor.sql.lower() else READ_ONLY)
            if cursor.is_block:
                return self._run_block(cursor.sql, binds[0] if binds else ())
            if word in DEFINITIONS:
                return self._define(cursor.sql)
            if word == "lock":
                self._begin("begin")
            return self._change(cursor, binds, collect_errors=collect_errors)
        except psycopg.Error as error:
            return Outcome(failure=failure_of(error))

    def _begin(self, how: str) -> Outcome:
        if not self.busy:
            self.postgres.execute(how)
        return Outcome()

    def _define(self, sql: str) -> Outcome:
        self.commit()
        if does_not_compile(sql):
            return Outcome(warned=True)
        if sql.lower().split()[:2] != ["alter", "session"]:
            with suppress(*(MADE_MEANWHILE if "if not exists" in sql.lower() else ())):
                self.postgres.execute(translated_definition(sql))
        return Outcome()

    def _query(self, cursor: Cursor, binds: Sequence[Any]) -> Outcome:
        locks = "for update" in cursor.sql.lower()
        if locks:
            self._begin("begin")
        with _TakenBack(self.postgres, when=self.busy):
            found = self.postgres.execute(translated(cursor.sql), [_for_postgres(value) for value in binds])
            cursor.columns = self._columns(found)
            cursor.rows, cursor.at = found.fetchall(), 0
        return Outcome()

    def _change(self, cursor: Cursor, binds: Sequence[Sequence[Any]], *, collect_errors: bool) -> Outcome:
        self._begin("begin")
        rows = [[_for_postgres(value) for value in row] for row in binds] or [[]]
        if len(rows) > 1 and not collect_errors:
            with _TakenBack(self.postgres, when=self.busy), self.postgres.cursor() as many:
                many.executemany(translated(cursor.sql), rows)
                return Outcome(many.rowcount)
        count, failed = 0, []
        for number, row in enumerate(rows):
            try:
                with _TakenBack(self.postgres, when=self.busy):
                    count += max(0, self.postgres.execute(translated(cursor.sql), row).rowcount)
            except psycopg.Error as error:
                if not collect_errors:
                    raise
                failed.append(failure_of(error, number))
        failure = Failure(calls.BATCH_FAILED, "ORA-24381: error(s) in array DML\n") if failed else None
        return Outcome(count, failure, tuple(failed))

    def _run_block(self, sql: str, values: Sequence[Any]) -> Outcome:
        try:
            block = blocks.parsed(sql)
        except blocks.NoBlock as reason:
            return Outcome(failure=blocks.not_compiled(reason))
        self._begin("begin")
        given = dict(zip(block.names if len(values) == len(block.names) else block.ins, values, strict=True))
        count, line, touched = 0, 0, {}
        try:
            with _TakenBack(self.postgres, when=self.busy):
                for step in block.steps:
                    line = step.line
                    if step.counts:
                        touched[step.binds[0]] = count
                    else:
                        row = [_for_postgres(given[name]) for name in step.binds]
                        count = max(0, self.postgres.execute(translated(step.sql), row).rowcount)
        except psycopg.Error as error:
            return Outcome(failure=blocks.failure_at(error, line))
        return Outcome(touched=tuple(touched[name] for name in block.names if name in touched))

    def _columns(self, found: psycopg.Cursor[Any]) -> tuple[Column, ...]:
        assert found.description is not None
        assert found.pgresult is not None
        columns = []
        for number, column in enumerate(found.description):
            kind = KINDS[psycopg.adapters.types[column.type_code].name]
            origin = found.pgresult.ftable(number), found.pgresult.ftablecol(number)
            kind = LARGE.get(self._declared(origin), kind) if origin[0] else kind
            whole = column.type_code in (20, 23)
            precision = 19 if whole else column.precision or 0
            scale = 0 if whole else ANY_SCALE if column.scale is None else column.scale
            columns.append(Column(column.name.upper(), kind, precision, scale))
        return tuple(columns)

    def _declared(self, origin: tuple[int, int]) -> str:
        if origin not in self._kinds:
            found = self.postgres.execute(
                "select atttypid::regtype::text from pg_attribute where attrelid = %s and attnum = %s", origin
            ).fetchone()
            self._kinds[origin] = found[0] if found else ""
        return self._kinds[origin]


class _TakenBack:
    """A statement that fails within a transaction takes back itself and nothing else."""

    def __init__(self, postgres: psycopg.Connection[Any], *, when: bool) -> None:
        self._postgres = postgres
        self._when = when

    def __enter__(self) -> None:
        if self._when:
            self._postgres.execute("savepoint statement")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._when and not self._postgres.closed:
            self._postgres.execute(f"{'release' if kind is None else 'rollback to'} savepoint statement")


def first_word(sql: str) -> str:
    return sql.split(None, 1)[0].lower()


def _for_postgres(value: Any) -> Any:
    return Jsonb(value) if isinstance(value, dict | list) else value
