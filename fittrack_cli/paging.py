"""Lists in pages on the command line."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from fittrack_cli.output import print_json, print_table, say

if TYPE_CHECKING:
    from fittrack_domain.shared.paging import Page

T = TypeVar("T")

PageNumber = Annotated[int, typer.Option("--page", help="Which page of the list.")]
PageLimit = Annotated[int, typer.Option("--limit", help="How many on a page, at most 100.")]


def pagination(page: "Page[Any]") -> dict[str, int]:
    """Where in the list a page is, as the HTTP API tells it."""
    return {
        "page": page.paging.page,
        "limit": page.paging.limit,
        "totalItems": page.total,
        "totalPages": page.pages,
    }


def print_page(
    page: "Page[T]",
    columns: Sequence[str],
    cells: Callable[[T], Sequence[object]],
    document: Callable[[T], dict[str, Any]],
    *,
    as_json: bool,
) -> None:
    """A page on stdout: as a table, or as one JSON document with `items` and `pagination`."""
    if as_json:
        print_json({"items": [document(item) for item in page.items], "pagination": pagination(page)})
        return
    print_table(columns, (cells(item) for item in page.items))
    if page.pages > 1:
        say(f"Page {page.paging.page} of {page.pages}; {page.total:,} in all. See --page and --limit.")
