"""The one interface that repositories are written against, and what they may ask of it.

`Rows` has two implementations, in `memory.py` and `sql.py`. It knows equality, ranges and lists on single columns of
one table: no joins, no OR, no nesting. Where that ends, a repository brings its own SQL and a memory twin of it.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from operator import ge, gt, le, lt, ne
from typing import Any, Protocol, TypeVar

import attrs

T = TypeVar("T")


@attrs.frozen
class Compared:
    """A condition on a column: its SQL operator, the same in Python, and the value to compare with."""

    sql: str
    python: Callable[[Any, Any], bool]
    value: Any

    def holds(self, value: object) -> bool:
        """Whether a column's value meets the condition. As in SQL, nothing compares with a missing value."""
        return value is not None and (self.value is None or self.python(value, self.value))


@attrs.frozen
class OneOf:
    """The column holds one of these values."""

    values: Collection[Any]

    def holds(self, value: object) -> bool:
        return value in self.values


def UpTo(value: Any) -> Compared:  # noqa: N802  # reads as the value it makes: where(day=UpTo(today))
    """At most `value`."""
    return Compared("<=", le, value)


def Before(value: Any) -> Compared:  # noqa: N802
    """Less than `value`."""
    return Compared("<", lt, value)


def Since(value: Any) -> Compared:  # noqa: N802
    """At least `value`."""
    return Compared(">=", ge, value)


def After(value: Any) -> Compared:  # noqa: N802
    """More than `value`."""
    return Compared(">", gt, value)


def Not(value: Any) -> Compared:  # noqa: N802
    """Differs from `value`; `Not(None)`: has a value."""
    return Compared("<>", ne, value)


def between(first: Any, last: Any) -> Compared | tuple[Compared, ...] | None:
    """The condition `first <= column <= last`, where either end may be open (None)."""
    ends = tuple(end for end in (first is not None and Since(first), last is not None and UpTo(last)) if end)
    return ends or None


Condition = Any
"""A plain value (equal; None: is missing), a `Compared`, a `OneOf`, or a tuple of `Compared` that all hold."""


class Rows(Protocol[T]):
    """The rows of one table within one transaction, as the values that the domain works with.

    `order` names columns, `"-name"` for descending; missing values come last either way.
    """

    def get(self, *key: Any) -> T | None:
        """The row with this primary key."""
        ...

    def first(self, *, order: Sequence[str] = (), **conditions: Condition) -> T | None:
        """The first row that meets all conditions."""
        ...

    def where(
        self, *, order: Sequence[str] = (), limit: int | None = None, offset: int = 0, **conditions: Condition
    ) -> list[T]:
        """The rows that meet all conditions."""
        ...

    def each(self, *, order: Sequence[str] = (), **conditions: Condition) -> Iterator[T]:
        """As `where`, but streamed: for tables of any length."""
        ...

    def locked(self, **conditions: Condition) -> list[T]:
        """As `where`, by primary key; and nobody else changes or locks these rows until the transaction is over.

        Waits for whoever holds one of them, and answers what they left. Only in a writing transaction.
        """
        ...

    def taken(self, **conditions: Condition) -> list[T]:
        """As `locked`, without the rows that another transaction holds."""
        ...

    def alone(self) -> None:
        """Waits until nobody else adds to the table, and lets nobody until the transaction is over."""
        ...

    def total(self, **conditions: Condition) -> int:
        """How many rows meet all conditions."""
        ...

    def sum(self, column: str, **conditions: Condition) -> int:
        """The sum of a column of integers over the rows that meet all conditions; 0 without any."""
        ...

    def sums(self, column: str, by: str, **conditions: Condition) -> Mapping[Any, int]:
        """As `sum`, for each value of the column `by` that such rows have. Lists of conditions must be short."""
        ...

    def add(self, row: T) -> None:
        """Stores a new row. Raises `AlreadyExists` when a unique value is taken."""
        ...

    def add_all(self, rows: Iterable[T]) -> None:
        """Stores new rows at one stroke, any number of them. Getting one must ask nothing of this transaction."""
        ...

    def add_missing(self, rows: Iterable[T]) -> None:
        """Stores those new rows whose key is not taken yet."""
        ...

    def save(self, row: T) -> T:
        """Stores a changed row and answers it with its next version. Raises `StaleVersion` if it changed meanwhile."""
        ...

    def save_all(self, rows: Iterable[T]) -> None:
        """Stores changed rows at one stroke, checked as in `save`."""
        ...

    def remove(self, **conditions: Condition) -> int:
        """Removes the rows that meet all conditions, and tells how many."""
        ...


def in_order(rows: list[T], order: Sequence[str]) -> list[T]:
    """Sorted by the named attributes, the last name first so that earlier names decide; missing values come last."""
    for name in reversed(order):
        field, descending = name.removeprefix("-"), name.startswith("-")
        present = [row for row in rows if getattr(row, field) is not None]
        missing = [row for row in rows if getattr(row, field) is None]
        present.sort(key=lambda row: _sortable(getattr(row, field)), reverse=descending)  # used at once
        rows = present + missing
    return rows


def _sortable(value: Any) -> Any:
    return getattr(value, "value", value)
