"""Brings a database to the present tables: numbered SQL files, applied once each, never edited afterwards.

The files are one text for all databases, with words in braces for what differs: `{uuid} {instant} {day} {json}
{points} {number} {money} {flag} {bytes} {text:255}`, and a line
`{immutable:table}` for the triggers that refuse changes.
"""

import hashlib
import re
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib.resources import files

import attrs

from fittrack_adapters.store import sqlite
from fittrack_adapters.store.sqlite import SqliteStore, translated
from fittrack_domain.shared.errors import Conflict

WORD = re.compile(r"\{(\w+)(?::(\w+))?\}")


@attrs.frozen
class Migration:
    """One file: its number and name, and its text in the words shared by all databases."""

    number: int
    name: str
    text: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    def statements(self) -> Iterator[str]:
        """The statements in SQLite's words."""
        text = WORD.sub(_word, re.sub(r"--.*", "", self.text))
        statement = ""
        for line in text.splitlines(keepends=True):
            statement += line
            if sqlite3.complete_statement(statement):
                yield statement.strip()
                statement = ""


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
    found = [
        Migration(int(number), name.removesuffix(".sql"), file.read_text(encoding="utf-8"))
        for file in folder.iterdir()
        if file.name.endswith(".sql")
        for number, _, name in [file.name.partition("_")]
    ]
    return sorted(found, key=lambda migration: migration.number)


def pending(store: SqliteStore) -> Sequence[Migration]:
    """The migrations that the database still lacks. Raises `EditedMigration` or `UnknownMigration`."""
    connection = store.connect()
    try:
        return _pending(connection)
    finally:
        connection.close()


def migrate(store: SqliteStore) -> Sequence[Migration]:
    """Applies what is pending, all or nothing, and answers it. Two processes at once: one applies, the other waits."""
    connection = store.connect()
    try:
        with translated():
            connection.execute("BEGIN IMMEDIATE")
            applied = _pending(connection)
            for migration in applied:
                for statement in migration.statements():
                    connection.execute(statement)
                connection.execute(
                    "insert into schema_migrations values (?, ?, ?, ?)",
                    (migration.number, migration.name, migration.sha256, datetime.now(UTC).isoformat()),
                )
            connection.execute("COMMIT")
        return applied
    finally:
        connection.close()  # rolls back what was not committed


def _pending(connection: sqlite3.Connection) -> Sequence[Migration]:
    known = {migration.number: migration for migration in migrations()}
    with translated():
        if not connection.in_transaction and not _has_table(connection):
            return list(known.values())
        connection.execute(
            "create table if not exists schema_migrations "
            "(number integer primary key, name text not null, sha256 text not null, applied_at text not null)"
        )
        done = connection.execute("select number, sha256 from schema_migrations order by number").fetchall()
    for number, sha256 in done:
        migration = known.pop(number, None)
        if migration is None:
            raise UnknownMigration(number)
        if migration.sha256 != sha256:
            raise EditedMigration(number, migration.name)
    return list(known.values())


def _has_table(connection: sqlite3.Connection) -> bool:
    return bool(connection.execute("select 1 from sqlite_master where name = 'schema_migrations'").fetchall())


def _word(match: re.Match[str]) -> str:
    word, argument = match.groups()
    return sqlite.immutable(argument) if word == "immutable" else sqlite.WORDS[word]
