"""Our statements for the one database in the words of the other, and the other's failures in the codes of the one."""

import re
from collections.abc import Callable
from functools import lru_cache

import psycopg

from tests.double.calls import Failure

TOKEN = re.compile(r"('(?:[^']|'')*'|\"[^\"]*\"|--[^\n]*|/\*.*?\*/)|(::)|:(\w+)", re.DOTALL)

WORDS: tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...] = (
    (r"\bfrom\s+dual\b", ""),
    (r"\busing\s+dual\b", "using (select 1) dual"),
    (r"\bfor\s+update\b", "for no key update"),  # where rows that refer to a locked one may still be added
    (r"\bsystimestamp\b", "clock_timestamp()"),
    (r"\bjson_value\s*\(", "value_in("),
    (r"\bjson_serialize\s*\(", "json_text("),
    (r"\bjson\s*\(", "json_of("),
    (r"\breturning\s+varchar2\(\d+\)(?:\s+error\s+on\s+error)?", ""),
    (
        r"\buser_tables\b",
        "(select upper(tablename) as table_name from pg_tables where schemaname = 'public') user_tables",
    ),
    (
        r"\buser_immutable_tables\b",
        "(select upper(relname) as table_name from pg_class where obj_description(oid) = 'immutable') immutable_tables",
    ),
    (r"\bproduct_component_version\b", "(select 'of the double' as version_full) product_component_version"),
)
TYPES: tuple[tuple[str, str], ...] = (
    (r"\bvarchar2\s*\((\d+)(?:\s+char)?\)", r'varchar(\1) collate "C"'),
    (r"\bnumber\s*\((\d+)\)", "bigint"),
    (r"\bnumber\s*\((\d+)\s*,\s*(\d+)\)", r"numeric(\1, \2)"),
    (r"\btimestamp\s*\(6\)\s+with\s+time\s+zone\b", "timestamptz"),
    (r"\btimestamp\s*\(6\)", "timestamp"),
    (r"\bjson\b", "jsonb"),
    (r"\braw\s*\(\d+\)", "raw"),
    (r"\bvirtual\b", "stored"),
    (r"\b(enable|disable)\s+all\s+triggers\b", r"\1 trigger user"),
)
DOMAINS = """
do $$ begin
    if to_regtype('raw') is null then
        create domain raw as bytea; create domain blob as bytea; create domain clob as text;
    end if;
end $$;
create or replace function hextoraw(text) returns bytea language sql as $$ select decode($1, 'hex') $$;
create or replace function rawtohex(bytea) returns text language sql as $$ select upper(encode($1, 'hex')) $$;
create or replace function sys_extract_utc(timestamptz) returns timestamp language sql as
    $$ select $1 at time zone 'UTC' $$;
create or replace function value_in(jsonb, path text) returns text language sql as
    $$ select $1 #>> string_to_array(trim('.' from regexp_replace(substr(path, 2), '[][".]+', '.', 'g')), '.') $$;
create or replace function to_number(text) returns bigint language sql as $$ select $1::bigint $$;
create or replace function json_text(jsonb) returns text language sql as $$ select $1::text $$;
create or replace function json_of(text) returns jsonb language sql as $$ select $1::jsonb $$;
create or replace function shown(bytea) returns jsonb language sql as $$ select to_jsonb(rawtohex($1)) $$;
create or replace function shown(anyelement) returns jsonb language sql as $$ select to_jsonb($1) $$;
create or replace function refuse_change() returns trigger language plpgsql as $$ begin
    raise exception using errcode = 'X' || right(tg_argv[0], 4), message = tg_argv[1];
end $$;
create or replace function refuse_all_changes() returns trigger language plpgsql as $$ begin
    raise exception using errcode = 'Y5715', message = 'operation not allowed on the blockchain or immutable table';
end $$
"""
"""What a database needs before the double can speak for it."""

REFUSAL = re.compile(
    r"\s*create\s+or\s+replace\s+trigger\s+(\w+)\s+before\s+update\s+or\s+delete\s+on\s+(\w+)\s+for\s+each\s+row\s+"
    r"begin\s+raise_application_error\s*\(\s*-(\d+)\s*,\s*'([^']*)'\s*\)\s*;\s*end\s*;\s*",
    re.IGNORECASE,
)

IMMUTABLE = re.compile(
    r"\s*create\s+immutable\s+table\s+(\w+)\s*(\(.*\))\s*no\s+drop\s+until\s+\d+\s+days\s+idle\s+"
    r'no\s+delete\s+locked\s+version\s+"v2"\s*',
    re.IGNORECASE | re.DOTALL,
)

DOCUMENTS = re.compile(r"\s*create\s+or\s+replace\s+json\s+relational\s+duality\s+view\s+(\w+)\s+as\s", re.IGNORECASE)
DOCUMENT_TOKEN = re.compile(
    r"(?P<many>\[\s*select\s+json\s*\{)|(?P<one>select\s+json\s*\{)|(?P<end>\})|(?P<last>\])"
    r"|(?P<field>'\w+')\s*:(?:\s*(?P<column>\w+\.\w+)(?:\s+with(?:\s+no(?:update|check))+)?)?",
    re.IGNORECASE,
)


@lru_cache(maxsize=2_000)
def translated(sql: str) -> str:
    """A query or a change, with `%s` for every bind, in their order."""
    parts: list[str] = []
    at = 0
    for token in TOKEN.finditer(sql):
        literal, cast, bind = token.groups()
        parts.append(_plain(sql[at : token.start()]))
        parts.append("%s" if bind else cast or ("null" if literal == "''" else literal.replace("%", "%%")))
        at = token.end()
    return "".join([*parts, _plain(sql[at:])])


def does_not_compile(sql: str) -> bool:
    """Whether a trigger is none of those known here."""
    return " trigger " in sql[:40].lower() and sql.lower().startswith("create") and not REFUSAL.fullmatch(sql)


def translated_definition(sql: str) -> str:
    """A change of tables."""
    if refusal := REFUSAL.fullmatch(sql):
        name, table, code, message = refusal.groups()
        return (
            f"create or replace trigger {name} before update or delete on {table} "
            f"for each row execute function refuse_change('{code}', '{message}')"
        )
    if documents := DOCUMENTS.match(sql):
        return f"create or replace view {documents[1]} as {_shown(sql[documents.end() :])}"
    immutable = IMMUTABLE.fullmatch(sql)
    if immutable:
        sql = f"create table {immutable[1]} {immutable[2]}"
    for pattern, words in TYPES:
        sql = re.sub(pattern, words, sql, flags=re.IGNORECASE)
    return f"{sql}; {_kept(immutable[1])}" if immutable else sql


def _kept(table: str) -> str:
    """What stands for the protection of an immutable table."""
    return (
        f"create trigger {table}_kept before update or delete or truncate on {table} "
        f"for each statement execute function refuse_all_changes(); comment on table {table} is 'immutable'"
    )


def _shown(documents: str) -> str:
    """The query of a duality view: objects within objects, and lists of them."""
    depth: list[str] = []

    def token(found: re.Match[str]) -> str:
        match found.lastgroup:
            case "many":
                depth.append(")), '[]')")
                return "(select coalesce(jsonb_agg(jsonb_build_object("
            case "one":
                depth.append(")" if depth else ") as data")
                return "select jsonb_build_object("
            case "end":
                return depth.pop()
            case "last":
                return ")"
            case "column":
                return f"{found['field']}, shown({found['column']})"
            case _:
                return f"{found['field']}, "

    return DOCUMENT_TOKEN.sub(token, documents)


def _plain(text: str) -> str:
    text = text.replace("%", "%%")
    for pattern, words in WORDS:
        text = re.sub(pattern, words, text, flags=re.IGNORECASE)
    return text


CODES = {
    "23502": (1400, 'cannot insert NULL into ("FITTRACK"."{table}"."{column}")'),
    "23503": (2291, "integrity constraint (FITTRACK.{constraint}) violated - parent key not found"),
    "23505": (1, "unique constraint (FITTRACK.{constraint}) violated"),
    "23514": (2290, "check constraint (FITTRACK.{constraint}) violated"),
    "55P03": (54, "resource busy and acquire with NOWAIT specified or timeout expired"),
    "40P01": (60, "deadlock detected while waiting for resource"),
    "40001": (8177, "can't serialize access for this transaction"),
    "25006": (1456, "may not perform insert, delete, update operation inside a READ ONLY transaction"),
    "42P01": (942, "table or view does not exist"),
    "42P07": (955, "name is already used by an existing object"),
    "42703": (904, "invalid identifier"),
    "42601": (900, "invalid SQL statement"),
    "22001": (12899, "value too large for column"),
    "22003": (1438, "value larger than specified precision allowed for this column"),
    "57014": (1013, "user requested cancel of current operation"),
}
INTERNAL = 600
STILL_REFERENCED = "is still referenced"
PARENT_MISSING, CHILD_FOUND = 2291, 2292


def failure_of(error: psycopg.Error, row: int = 0) -> Failure:
    """The code and the message that a client would get; what is not known here is an internal error."""
    state, diag = error.sqlstate or "", error.diag
    if state.startswith(("X", "Y")):  # of triggers in the text, and of the server's own
        code = int(state[1:]) + (20_000 if state.startswith("X") else 0)
        return Failure(code, f"ORA-{code:05d}: {diag.message_primary}\n", row)
    code, text = CODES.get(state, (INTERNAL, f"internal error: {state} {error}"))
    if code == PARENT_MISSING and STILL_REFERENCED in str(error):
        code, text = CHILD_FOUND, "integrity constraint (FITTRACK.{constraint}) violated - child record found"
    names = {"table": diag.table_name, "column": diag.column_name, "constraint": diag.constraint_name}
    told = text if code == INTERNAL else text.format(**{name: str(value).upper() for name, value in names.items()})
    return Failure(code, f"ORA-{code:05d}: {told}\n", row)
