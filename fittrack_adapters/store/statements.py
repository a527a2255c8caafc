"""Reads SQL just well enough to tell where its binds are and where a statement ends."""

import re
from collections.abc import Callable, Iterator

TOKEN = re.compile(
    r"""
      (?P<text> '(?:[^']|'')*' | "[^"]*" | \$\$.*?\$\$ | :: )
    | (?P<comment> --[^\n]* | /\*.*?\*/ )
    | :(?P<bind> [a-z]\w* )
    | (?P<end> ; )
    | (?P<whole> \{immutable:\w+\} )
    """,
    re.VERBOSE | re.DOTALL,
)


def with_binds(sql: str, written: Callable[[str], str]) -> str:
    """The statement with each bind `:name` written as a driver wants it; texts, quoted names and comments stay."""
    return TOKEN.sub(lambda token: written(token["bind"]) if token["bind"] else token[0], sql)


def statements(script: str) -> Iterator[str]:
    """The statements of a script, without comments and final semicolons; an `{immutable:table}` counts as one."""
    statement, at = "", 0
    for token in TOKEN.finditer(script):
        statement += script[at : token.start()]
        at = token.end()
        if token["end"]:
            yield statement.strip()
            statement = ""
        elif token["whole"]:
            yield token[0]
        elif not token["comment"]:
            statement += token[0]
    rest = (statement + script[at:]).strip()
    if rest:
        raise ValueError(f"this statement has no end: {rest[:60]}")
