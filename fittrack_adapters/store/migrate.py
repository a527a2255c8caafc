"""Brings a database to the present tables: numbered SQL files, applied once each, never edited afterwards.

The files are one text for all databases, with words in braces for what differs: `{uuid} {instant} {day} {json}
{points} {number} {money} {flag} {bytes} {text:255} {computed}`, and a line `{immutable:table}` for the triggers
that refuse changes. What one database needs more stands in `NNNN_name.<database>.sql` beside it, and follows that text.
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
        """Tells whether anything was edited that concerns this database."""
        return hashlib.sha256((self.text + self.more.get(dialect.name, "")).encode()).hexdigest()

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
        return _pending(database, _begun(database))


def migrate(store: Migratable) -> Sequence[Migration]:
    """Applies what is pending, and answers it. Two processes at once: one applies, the other waits.

    All or nothing; on a database that commits changes of tables by itself, one that failed goes on where it stopped.
    Raises as `pending`.
    """
    with store.migrating() as database:
        if not _has_book(database):
            for statement in _in_words(BOOK, database.dialect):
                database.run(statement, {})
        begun = _begun(database)
        applied = _pending(database, begun)
        for migration in applied:
            _apply(database, migration, begun.get(migration.number))
        return applied


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


def _pending(database: Database, begun: Mapping[int, _Begun]) -> Sequence[Migration]:
    known = {migration.number: migration for migration in migrations()}
    for number, noted in sorted(begun.items()):
        if number not in known:
            raise UnknownMigration(number)
        if known[number].sha256(database.dialect) != noted.sha256:
            raise EditedMigration(number, known[number].name)
    return [migration for number, migration in known.items() if number not in begun or not begun[number].finished]


def _apply(database: Database, migration: Migration, begun: _Begun | None) -> None:
    which: dict[str, Any] = {"migration_no": migration.number}
    if begun is None:
        database.run(
            "insert into schema_migrations (migration_no, name, sha256, statements_done)"
            " values (:migration_no, :name, :sha256, 0)",
            {**which, "name": migration.name, "sha256": migration.sha256(database.dialect)},
        )
    done = begun.statements_done if begun else 0
    for number, statement in enumerate(migration.statements(database.dialect), 1):
        if number > done:
            database.run(statement, {})
            database.run(
                "update schema_migrations set statements_done = :done where migration_no = :migration_no",
                {**which, "done": number},
            )
    database.run(
        "update schema_migrations set applied_at = :applied_at where migration_no = :migration_no",
        {**which, "applied_at": database.dialect.encoded("instant", datetime.now(UTC))},
    )


def _in_words(script: str, dialect: Dialect) -> Iterator[str]:
    for statement in statements(script):
        if statement.startswith("{immutable:"):
            yield from dialect.immutable(statement.removeprefix("{immutable:").removesuffix("}"))
        else:
            yield WORD.sub(lambda word: dialect.word(word[1], word[2]), statement)
