"""What databases differ in where statements are composed. Everything else about them is their `Database`'s business."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs

from fittrack_adapters.store.tables import Kind

Convert = Callable[[Any], Any]


def insert(table: str, names: Sequence[str], bind: Callable[[str], str] = ":{}".format) -> str:
    """Stores a row."""
    return f"insert into {table} ({', '.join(names)}) values ({', '.join(map(bind, names))})"


def insert_missing(table: str, names: Sequence[str], _key: Sequence[str]) -> str:
    """Stores a row unless its key is taken, as PostgreSQL and SQLite say it."""
    return f"{insert(table, names)} on conflict do nothing"


def insert_or_add(table: str, key: Sequence[str], numbers: Sequence[str]) -> str:
    """Adds to numbers, or stores them as the first ones under their key, as PostgreSQL and SQLite say it."""
    sums = ", ".join(f"{number} = {table}.{number} + excluded.{number}" for number in numbers)
    return f"{insert(table, [*key, *numbers])} on conflict ({', '.join(key)}) do update set {sums}"


def documents(view: str, _found_by: str) -> str:
    """The documents of a view that are found by an id, as PostgreSQL and SQLite have them: in a column beside them."""
    return f"select data from {view} where found_by = :found_by"


def beside(column: str) -> str:
    """A column of documents as it comes together with its row, where it does so by itself."""
    return column


def number_in(column: str, at: int, name: str) -> str:
    """A whole number in a list of objects, as SQLite says it."""
    return f"json_extract({column}, '$[{int(at)}].{name}')"


@attrs.frozen(eq=False)
class Into:
    """Where new rows go: a table, and the columns that they have values for, in the order of these."""

    table: str
    columns: Mapping[str, Kind]

    def insert(self, bind: Callable[[str], str] = ":{}".format) -> str:
        """The statement that stores one row, with its binds as the driver wants them."""
        return insert(self.table, tuple(self.columns), bind)


@attrs.frozen(eq=False)
class Dialect:
    """How one kind of database speaks.

    Attributes:
        name: `NNNN_name.<this>.sql` is what a migration needs more on this database.
        words: What `{word}` in a migration means; in `{word:argument}` the argument takes the place of `{}`.
        tables: The query for the names of all tables, in lower case.
        about: The query for the server's name with its version, and for its present time.
        encode: What turns plain values of a kind into the driver's, for kinds where they differ.
        decode: The way back.
        immutable: The statements that make the rows of a table unchangeable.
        limited: A query cut to a window: at most so many rows (None: all) from an offset on.
        locked: Ends a query whose rows nobody else may change until the transaction is over.
        taken: As `locked`, but passes over rows that another transaction holds.
        exclusive: The statement by which nobody else adds to a table until the transaction is over; None where
            there is one writer at a time anyway.
        insert_missing: The statement that stores a row unless its key is taken: of table, columns, key.
        insert_or_add: The statement that adds to numbers or stores them: of table, key, columns of the numbers.
        beside: A column of documents, as it is selected so that it comes together with its row.
        documents: The query for the documents of a view that are found by an id: of view, and name of that field.
        number_in: A whole number within a column of JSON that holds a list of objects: of column, place, and name.
        immutable_tables: How it speaks where the server itself keeps tables of record from every change; None where
            no server does.
        table_of_record: The statement that makes a table of record, of the one that makes it in the migrations.
        kept: What a table of record is made with, else nothing: two ways of making one must not be mixed.
        immutable_found: The query for the names of all tables that the server keeps from every change.
    """

    name: str
    words: Mapping[str, str]
    tables: str
    about: str
    encode: Mapping[Kind, Convert]
    decode: Mapping[Kind, Convert]
    immutable: Callable[[str], Sequence[str]]
    limited: Callable[[str, int | None, int], str]
    locked: str = ""
    taken: str = ""
    exclusive: str | None = None
    insert_missing: Callable[[str, Sequence[str], Sequence[str]], str] = insert_missing
    insert_or_add: Callable[[str, Sequence[str], Sequence[str]], str] = insert_or_add
    beside: Callable[[str], str] = beside
    documents: Callable[[str, str], str] = documents
    number_in: Callable[[str, int, str], str] = number_in
    immutable_tables: "Dialect | None" = None
    table_of_record: Callable[[str], str] = str
    kept: str = ""
    immutable_found: str = ""

    def word(self, word: str, argument: str | None) -> str:
        """What a word of a migration means here."""
        return self.words[word].format(argument)

    def encoded(self, kind: Kind, value: Any) -> Any:
        """A plain value as the driver takes it, for hand-written statements."""
        convert = self.encode.get(kind)
        return value if convert is None or value is None else convert(value)

    def decoded(self, kind: Kind, value: Any) -> Any:
        """A driver's value as the plain one, for hand-written statements."""
        convert = self.decode.get(kind)
        return value if convert is None or value is None else convert(value)
