"""Lists in pages: `page` counts from 1, `limit` is at most `PAGE_LIMIT_MAX`."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

import attrs

from fittrack_domain.shared.errors import Fault, InvalidInput

T = TypeVar("T")
U = TypeVar("U")

PAGE_LIMIT_DEFAULT = 20
PAGE_LIMIT_MAX = 100
PAGE_MAX = 1_000_000


@attrs.frozen
class Paging:
    """Which page is asked for. Raises `InvalidInput` when out of range (rules.md, chapter 12)."""

    page: int = 1
    limit: int = PAGE_LIMIT_DEFAULT

    def __attrs_post_init__(self) -> None:
        faults = []
        if not 1 <= self.page <= PAGE_MAX:
            faults.append(Fault("/page", f"must be between 1 and {PAGE_MAX}"))
        if not 1 <= self.limit <= PAGE_LIMIT_MAX:
            faults.append(Fault("/limit", f"must be between 1 and {PAGE_LIMIT_MAX}"))
        if faults:
            raise InvalidInput(tuple(faults))

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.limit


@attrs.frozen
class Page(Generic[T]):
    """One page of a list, and how long the whole list is."""

    items: Sequence[T]
    paging: Paging
    total: int

    @property
    def pages(self) -> int:
        return -(-self.total // self.paging.limit)

    def map(self, shape: Callable[[T], U]) -> "Page[U]":
        return Page([shape(item) for item in self.items], self.paging, self.total)
