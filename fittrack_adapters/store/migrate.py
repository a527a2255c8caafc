"""Brings a database to the present tables: numbered SQL files, applied once each, never edited afterwards.

The files are one text for all databases, with words in braces for what differs: `{uuid} {instant} {day} {json}
{points} {number} {money} {flag} {bytes} {text:255} {computed}`, and a line `{immutable:table}` for the triggers
that refuse changes; where the server can, and one asks for it, the table itself is made an immutable one instead.
What one database needs more stands in `NNNN_name.<database>.sql` beside it, and follows that text.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any, Protocol

import attrs

from fittrack_adapters.store.dialect import Dialect
from fittrack_adapters.store.sql import Database
from fittrack_adapters.store.statements import statements
from fittrack_domain.shared.errors import Conflict

WORD = re.compile(r"\{(\w+)(?::(\w+))?\}")
OF_RECORD = re.compile(r"\{immutable:(\w+)\}")
CREATED = re.compile(r"CREATE TABLE (\w+)")

BOOK = """
CREATE TABLE schema_migrations (
    migration_no {number} NOT NULL PRIMARY KEY,
    name {text:100} NOT NULL,
    sha256 {text:64} NOT NULL,
    statements_done {number} NOT NULL,
    applied_at {instant}
);
"""
"""Which migrations were applied, and how far one came that was not finished."""


class Migratable(Protocol):
    """A store whose tables are made by migrations."""

    def connected(self) -> AbstractContextManager[Database]:
        """A connection of its own, outside of any transaction."""
        ...

    def migrating(self) -> AbstractContextManager[Database]:
        """A connection for changing tables: one process at a time, and all or nothing where the database can.

        Where the database commits such changes by itself, what was done stays when an exception ends it.
        """
        ...


@attrs.frozen
class Migration:
    """One number: its name, its text in the words shared by all databases, and what single databases need more."""

    number: int
    name: str
    text: str
    more: Mapping[str, str] = attrs.field(factory=dict)

    def sha256(self, dialect: Dialect) -> str:
        """Tells whether anything was edited that concerns this database, and how its tables of record are kept."""
        return hashlib.sha256((self.text + self.more.get(dialect.name, "") + dialect.kept).encode()).hexdigest()

    def statements(self, dialect: Dialect) -> Iterator[str]:
        """The statements in the words of this database."""
        return _in_words(self.text + self.more.get(dialect.name, ""), dialect)


@attrs.frozen
class EditedMigration(Conflict):
    """A migration that was applied has another text now: the database cannot be trusted to match the code."""

    number: int
    name: str
    code = "migration_edited"

    def __str__(self) -> str:
        return (
            f"Migration {self.number:04d}_{self.name} was changed after it was applied to this database. "
            "Restore its text and put the change into a new migration."
        )


@attrs.frozen
class UnknownMigration(Conflict):
    """The database is newer than this program."""

    number: int
    code = "migration_unknown"

    def __str__(self) -> str:
        return f"The database has migration {self.number:04d}, which this FitTrack does not know. Upgrade FitTrack."


@attrs.frozen
class NoImmutableTables(Conflict):
    """Immutable tables were asked for where there are none."""

    database: str
    code = "no_immutable_tables"

    def __str__(self) -> str:
        return f"Only Oracle has immutable tables. On {self.database}, what is of record is kept by triggers as it is."


@attrs.frozen
class TablesMadeOtherwise(Conflict):
    """Immutable tables were asked for where there are other ones already."""

    code = "tables_made_otherwise"

    def __str__(self) -> str:
        return (
            "The tables are there already, and a table cannot become an immutable one. Make them in another, empty "
            "schema with: fittrack db migrate --immutable-tables; and move there with: fittrack db copy"
        )


def migrations() -> Sequence[Migration]:
    """All migrations that come with this version, by number."""
    folder = files("fittrack_adapters.store") / "migrations"
    texts = {f.name.removesuffix(".sql"): f.read_text(encoding="utf-8") for f in folder.iterdir() if f.is_file()}
    return [
        Migration(
            int(stem[:4]), stem[5:], text, more={name[len(stem) + 1 :]: texts[name] for name in _beside(stem, texts)}
        )
        for stem, text in sorted(texts.items())
        if "." not in stem
    ]


def _beside(stem: str, names: Iterable[str]) -> list[str]:
    return [name for name in names if name.startswith(f"{stem}.")]


def pending(store: Migratable) -> Sequence[Migration]:
    """The migrations that the database still lacks. Raises `EditedMigration` or `UnknownMigration`."""
    with store.connected() as database:
        begun = _begun(database)
        return _pending(begun, _spoken(database.dialect, begun))


def migrate(store: Migratable, *, immutable_tables: bool = False) -> Sequence[Migration]:
    """Applies what is pending, and answers it. Two processes at once: one applies, the other waits.

    All or nothing; on a database that commits changes of tables by itself, one that failed goes on where it stopped.

    Args:
        store: To be brought up to date.
        immutable_tables: The server itself is to keep the tables of record from every change, for good. What was begun
            so goes on so, whether it is said again or not.

    Raises: as `pending`; `NoImmutableTables`, `TablesMadeOtherwise`.
    """
    with store.migrating() as database:
        begun = _begun(database)
        dialect = _spoken(database.dialect, begun, immutable_tables=immutable_tables)
        if not _has_book(database):
            for statement in _in_words(BOOK, dialect):
                database.run(statement, {})
        applied = _pending(begun, dialect)
        for migration in applied:
            _apply(database, dialect, migration, begun.get(migration.number))
        return applied


def left_changeable(store: Migratable) -> Sequence[str] | None:
    """The tables of record that the server does not keep from changes although it was to; None if it was not."""
    with store.connected() as database:
        dialect = _spoken(database.dialect, _begun(database))
        if not dialect.kept:
            return None
        kept = database.fetch(dialect.immutable_found, {})
    return [table for migration in migrations() for table in OF_RECORD.findall(migration.text) if (table,) not in kept]


@attrs.frozen
class _Begun:
    """What the database says of a migration."""

    sha256: str
    statements_done: int
    finished: bool


def _begun(database: Database) -> Mapping[int, _Begun]:
    if not _has_book(database):
        return {}
    found = database.fetch("select migration_no, sha256, statements_done, applied_at from schema_migrations", {})
    return {int(number): _Begun(sha256, int(done), at is not None) for number, sha256, done, at in found}


def _has_book(database: Database) -> bool:
    return ("schema_migrations",) in database.fetch(database.dialect.tables, {})


def _spoken(dialect: Dialect, begun: Mapping[int, _Begun], *, immutable_tables: bool = False) -> Dialect:
    """How the tables were made that are there, or are to be made where there are none."""
    other = dialect.immutable_tables
    if other is not None and any(m.number in begun and m.sha256(other) == begun[m.number].sha256 for m in migrations()):
        return other
    if not immutable_tables:
        return dialect
    if other is None:
        raise NoImmutableTables(dialect.name)
    if begun:
        raise TablesMadeOtherwise
    return other


def _pending(begun: Mapping[int, _Begun], dialect: Dialect) -> Sequence[Migration]:
    known = {migration.number: migration for migration in migrations()}
    for number, noted in sorted(begun.items()):
        if number not in known:
            raise UnknownMigration(number)
        if known[number].sha256(dialect) != noted.sha256:
            raise EditedMigration(number, known[number].name)
    return [migration for number, migration in known.items() if number not in begun or not begun[number].finished]


def _apply(database: Database, dialect: Dialect, migration: Migration, begun: _Begun | None) -> None:
    which: dict[str, Any] = {"migration_no": migration.number}
    if begun is None:
        database.run(
            "insert into schema_migrations (migration_no, name, sha256, statements_done)"
            " values (:migration_no, :name, :sha256, 0)",
            {**which, "name": migration.name, "sha256": migration.sha256(dialect)},
        )
    done = begun.statements_done if begun else 0
    for number, statement in enumerate(migration.statements(dialect), 1):
        if number > done:
            database.run(statement, {})
            database.run(
                "update schema_migrations set statements_done = :done where migration_no = :migration_no",
                {**which, "done": number},
            )
    database.run(
        "update schema_migrations set applied_at = :applied_at where migration_no = :migration_no",
        {**which, "applied_at": dialect.encoded("instant", datetime.now(UTC))},
    )


def _in_words(script: str, dialect: Dialect) -> Iterator[str]:
    of_record = set(OF_RECORD.findall(script))
    for statement in statements(script):
        if marked := OF_RECORD.fullmatch(statement):
            yield from dialect.immutable(marked[1])
            continue
        created = CREATED.match(statement)
        kept = dialect.table_of_record(statement) if created and created[1] in of_record else statement
        yield WORD.sub(lambda word: dialect.word(word[1], word[2]), kept)
