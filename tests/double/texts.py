"""What must not stand in a statement for Oracle, told from its text alone."""

import re
from collections.abc import Iterator

import oracledb

from tests.double.blocks import NoBlock, parsed
from tests.double.offline import offline_connection
from tests.double.session import BLOCKS, first_word

RESERVED_WORDS = """
access add all alter and any as asc audit between by char check cluster column column_value comment compress connect
create current date decimal default delete desc distinct drop else exclusive exists file float for from grant group
having identified immediate in increment index initial insert integer intersect into is level like lock long maxextents
minus mlslabel mode modify nested_table_id noaudit nocompress not nowait null number of offline on online option or
order pctfree prior public raw rename resource revoke row rowid rownum rows select session set share size smallint
start successful synonym sysdate table then to trigger uid union unique update user validate values varchar varchar2
view whenever where with
"""
RESERVED = frozenset(RESERVED_WORDS.split())
"""What neither a table, nor a column, nor a bind may be called."""

NAME_BYTES_MAX = 128

UNSPOKEN = re.compile(r"'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/", re.DOTALL)
FAULTS = {
    "LIMIT instead of FETCH FIRST": r"\blimit\b",
    "ON CONFLICT instead of MERGE": r"\bon\s+conflict\b",
    "AS before the alias of a table": (
        r"\b(?:from|join|update|into|using)\s+\w+\s+as\b|\)\s*as\s+\w+\s+(?:on|join|where)\b"
    ),
    "RETURNING without INTO": r"\breturning\b(?!\s+varchar2\b)(?!.*\binto\b)",  # functions of JSON return a type
    "a cast with ::": r"::",
    "IS DISTINCT FROM": r"\bis\s+(?:not\s+)?distinct\s+from\b",
    "an instant with a zone in an immutable table": r"\bimmutable\s+table\b.*\bwith\s+(?:local\s+)?time\s+zone\b",
    "TRUE or FALSE as a condition of its own": r"\b(?:where|and|or)\s+(?:not\s+)?(?:true|false)\b",
}
NAMED = re.compile(
    r":(\w+)|\bcreate\s+(?:unique\s+|immutable\s+)?(?:table|index)\s+(?:if\s+not\s+exists\s+)?(\w+)|\b(?:from|join|into|update)\s+(\w+)",
    re.IGNORECASE,
)
DEFINED = re.compile(r"^\s+(\w+)\s+(?:RAW|TIMESTAMP|DATE|JSON|NUMBER|BOOLEAN|BLOB|CLOB|VARCHAR2)\b", re.MULTILINE)
KEPT_WORDS = {"dual", "set", "select", "SELECT", "or", "OR"}
"""What may stand where names are looked for."""


def faults_in(sql: str) -> Iterator[str]:
    """Everything that is wrong with a statement."""
    if "''" in UNSPOKEN.findall(sql):
        yield "an empty string, which is a missing value"
    spoken = UNSPOKEN.sub(" ", sql)
    for fault, pattern in FAULTS.items():
        if re.search(pattern, spoken, re.IGNORECASE | re.DOTALL):
            yield fault
    for name in sorted(names_in(spoken)):
        if name.lower() in RESERVED:
            yield f"{name} is a reserved word"
        if len(name.encode()) > NAME_BYTES_MAX:
            yield f"{name} is too long a name"
    yield from _block_faults(sql)
    try:
        offline_connection().cursor().prepare(sql)
    except oracledb.Error as error:
        yield f"the driver cannot read it: {error}"


def _block_faults(sql: str) -> Iterator[str]:
    if first_word(sql) not in BLOCKS:
        return
    try:
        block = parsed(sql)
    except NoBlock as reason:
        yield f"no block: {reason}"
        return
    going_in = {name for step in block.steps if not step.counts for name in step.binds}
    for name in sorted(going_in & block.outs):
        yield f"{name} goes in and comes out"


def names_in(sql: str) -> set[str]:
    """The binds, tables, indexes and defined columns of a statement."""
    named = {name for groups in NAMED.findall(sql) for name in groups if name}
    return (named | set(DEFINED.findall(sql))) - KEPT_WORDS
