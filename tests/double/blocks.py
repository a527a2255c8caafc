"""Anonymous blocks, as far as FitTrack writes them: queries that lock, changes that tell how many rows they touched."""

import re
from functools import lru_cache

import attrs
import psycopg

from tests.double.calls import Failure
from tests.double.translate import TOKEN, failure_of

BLOCK = re.compile(r"\s*begin\b(.*;)\s*end\s*;\s*", re.IGNORECASE | re.DOTALL)
WORDS = r"(?:'(?:[^']|'')*'|\"[^\"]*\"|--[^\n]*|/\*.*?\*/|[^;'\"])+"
PIECE = re.compile(rf"\s*for\b{WORDS};\s*end\s+loop\s*;|{WORDS};", re.IGNORECASE | re.DOTALL)
LOCK = re.compile(r"for\s+(\w+)\s+in\s*\((select\b.*)\)\s*loop\s+null\s*;\s*end\s+loop", re.IGNORECASE | re.DOTALL)
COUNT = re.compile(r":(\w+)\s*:=\s*sql%rowcount", re.IGNORECASE)
CHANGES = ("insert", "update", "delete", "merge")
NOT_COMPILED = {942, 904, 900}
"""No such table, no such column, no statement at all: then the block as a whole is refused, before it begins."""


class NoBlock(ValueError):
    """The database would not compile it."""


@attrs.frozen
class Step:
    """A statement, or (`counts`) where the number of rows that the last one touched goes to."""

    line: int
    sql: str
    binds: tuple[str, ...]
    counts: bool


@attrs.frozen
class Block:
    """A block: its steps, its binds in the order in which they are first named, and those that bring something back."""

    steps: tuple[Step, ...]
    names: tuple[str, ...]

    @property
    def outs(self) -> frozenset[str]:
        return frozenset(name for step in self.steps if step.counts for name in step.binds)

    @property
    def ins(self) -> tuple[str, ...]:
        return tuple(name for name in self.names if name not in self.outs)


@lru_cache(maxsize=500)
def parsed(sql: str) -> Block:
    """Raises `NoBlock` for what is none, or none that is known here."""
    whole = BLOCK.fullmatch(sql)
    if whole is None:
        raise NoBlock("a block begins with BEGIN and ends with END and a semicolon, as does each of its statements")
    pieces = list(PIECE.finditer(sql, *whole.span(1)))
    if "".join(piece[0] for piece in pieces) != whole[1].rstrip():
        raise NoBlock("a statement in it has no end")
    steps = tuple(_step(piece[0].strip().removesuffix(";"), _line(sql, piece)) for piece in pieces)
    names = dict.fromkeys(name for step in steps for name in step.binds)
    return Block(steps, tuple(names))


def _line(sql: str, piece: re.Match[str]) -> int:
    return sql.count("\n", 0, piece.end()) + 1


def _step(text: str, line: int) -> Step:
    if count := COUNT.fullmatch(text):
        return Step(line, text, (count[1].lower(),), counts=True)
    if lock := LOCK.fullmatch(text):
        text = lock[2]
        if "for update" not in text.lower():
            raise NoBlock("a query in it locks nothing")
    elif text.split(None, 1)[0].lower() not in CHANGES:
        raise NoBlock(f"nothing known here stands in it: {text[:40]}")
    return Step(line, text, tuple(name.lower() for *_, name in TOKEN.findall(text) if name), counts=False)


def failure_at(error: psycopg.Error, line: int) -> Failure:
    """A failure within a block, with the line that it happened on."""
    failure = failure_of(error)
    if failure.code in NOT_COMPILED:
        return Failure(6550, f"ORA-06550: line {line}, column 1:\nPL/SQL: {failure.message}")
    return attrs.evolve(failure, message=f"{failure.message}ORA-06512: at line {line}\n")


def not_compiled(reason: NoBlock) -> Failure:
    """What a client is told of what is no block."""
    return Failure(6550, f"ORA-06550: line 1, column 1:\nPLS-00103: {reason}\n")
