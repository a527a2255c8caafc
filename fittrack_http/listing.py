"""Lists in pages, as every list on the wire is."""

from typing import Annotated, Generic, TypeVar

import attrs
from annotated_types import Ge, Le

from fittrack_domain.shared.paging import PAGE_LIMIT_DEFAULT, PAGE_LIMIT_MAX, PAGE_MAX, Page, Paging

T = TypeVar("T")

PageNumber = Annotated[int, Ge(1), Le(PAGE_MAX)]
PageLimit = Annotated[int, Ge(1), Le(PAGE_LIMIT_MAX)]


@attrs.frozen(kw_only=True)
class PageQuery:
    """Which page of a list."""

    page: PageNumber = 1
    limit: PageLimit = PAGE_LIMIT_DEFAULT

    @property
    def paging(self) -> Paging:
        return Paging(self.page, self.limit)


@attrs.frozen
class Pagination:
    """Where in the list a page is."""

    page: int
    limit: int
    total_items: int
    total_pages: int

    @classmethod
    def of(cls, page: Page[T]) -> "Pagination":
        return cls(page.paging.page, page.paging.limit, page.total, page.pages)


@attrs.frozen
class Listed(Generic[T]):
    """A page of a list."""

    items: tuple[T, ...]
    pagination: Pagination

    @classmethod
    def of(cls, page: Page[T]) -> "Listed[T]":
        return cls(tuple(page.items), Pagination.of(page))
