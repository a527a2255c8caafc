"""Several statements as one anonymous block of PL/SQL: one trip, all or nothing.

One name is one bind throughout a block, so the binds of each statement are numbered. Each stands on a line of its own:
when one fails the database tells the line.
"""

from collections.abc import Iterable
from functools import lru_cache

from fittrack_adapters.store.statements import with_binds


@lru_cache(maxsize=500)
def changing_block(changes: tuple[str, ...]) -> str:
    """Runs changes, with `counted(n)` as the binds that bring back how many rows each touched."""
    return _block(f"{_numbered_binds(sql, n)}; :{counted(n)} := sql%rowcount;" for n, sql in enumerate(changes))


@lru_cache(maxsize=500)
def locking_block(locks: tuple[str, ...]) -> str:
    """Runs queries that lock their rows, or find none: what stands in the rows is not looked at."""
    return _block(f"for r in ({_numbered_binds(sql, n)}) loop null; end loop;" for n, sql in enumerate(locks))


def counted(number: int) -> str:
    """The bind for how many rows a change touched."""
    return f"touched_{number}"


def numbered(name: str, number: int) -> str:
    """What a bind of a statement is called within the block."""
    return f"{name}_{number}"


def _block(lines: Iterable[str]) -> str:
    return "\n".join(["begin", *lines, "end;"])


def _numbered_binds(sql: str, number: int) -> str:
    return with_binds(sql, lambda name: f":{numbered(name, number)}")
