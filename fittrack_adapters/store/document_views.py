"""The texts of the document views, rendered from their specifications, as the migrations have them."""

from collections.abc import Iterator, Mapping

from fittrack_adapters.store.documents import DOCUMENT_VIEWS, DocumentView, Field, Part
from fittrack_adapters.store.tables import Kind

INSTANT = "replace(to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'), '.000000Z', 'Z')"
POSTGRES: Mapping[Kind, str] = {"uuid": "{}::text", "instant": INSTANT, "day": "{}::text", "money": "{}::text"}
"""How values are spelled; others stand as they are."""

UUID_TEXT = " || '-' || ".join(
    f"substr(hex({{0}}), {at}, {size})" for at, size in ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))
)
SQLITE: Mapping[Kind, str] = {
    "uuid": f"CASE WHEN {{0}} IS NOT NULL THEN lower({UUID_TEXT}) END",  # hex() of a missing value is an empty text
    "instant": "replace(substr({}, 1, 26) || 'Z', '.000000Z', 'Z')",
    "money": "CASE WHEN {0} IS NOT NULL THEN printf('%.2f', {0}) END",  # it is kept as it was written
    "flag": "json(CASE {} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END)",
    "json": "json({})",
}


def rendered(database: str) -> str:
    """The migration that makes all views on a database."""
    render = {"oracle": oracle_view, "postgres": postgres_view, "sqlite": sqlite_view}[database]
    return "\n".join(f"\n{render(view)};" for view in DOCUMENT_VIEWS).removeprefix("\n") + "\n"


def oracle_view(view: DocumentView) -> str:
    """As a JSON relational duality view of Oracle Database 23ai, read-only."""
    return f"CREATE OR REPLACE JSON RELATIONAL DUALITY VIEW {view.name} AS\n{_oracle(view.root, None, '')}"


def _oracle(part: Part, outer: Part | None, indent: str) -> str:
    members = [f"'{field.name}' : {part.alias}.{field.column}{_tags(field)}" for field in part.fields]
    for name, inner in part.parts.items():
        begin, end = "[]" if inner.many else "()"
        members.append(f"'{name}' : {begin}\n{_oracle(inner, part, indent + '        ')}\n{indent}    {end}")
    lines = f",\n{indent}    ".join(members)
    return f"{indent}SELECT JSON {{\n{indent}    {lines}\n{indent}}} {_from(part, outer)}"


def _tags(field: Field) -> str:
    return f" WITH {' '.join(field.tags)}" if field.tags else ""


def postgres_view(view: DocumentView, spelling: Mapping[Kind, str] = POSTGRES) -> str:
    """As a view of two columns: what documents are found by, and the document as `jsonb`."""
    return _view(view, _postgres(view.root, spelling, "    "))


def _postgres(part: Part, spelling: Mapping[Kind, str], indent: str) -> str:
    members = list(_values(part, spelling))
    for name, inner in part.parts.items():
        document = _postgres(inner, spelling, indent + "        ")
        if inner.many:
            document = f"coalesce(jsonb_agg({document} ORDER BY {_key(inner)}), '[]')"
        members.append(f"'{name}', (\n{indent}        SELECT {document} {_from(inner, part)}\n{indent}    )")
    return _call("jsonb_build_object", members, indent)


def sqlite_view(view: DocumentView) -> str:
    """As a view of two columns: what documents are found by, and the document as text."""
    return _view(view, _sqlite(view.root, "    "))


def _sqlite(part: Part, indent: str) -> str:
    members = list(_values(part, SQLITE))
    for name, inner in part.parts.items():
        query = f"SELECT {_sqlite(inner, indent + '        ')} AS item {_from(inner, part)}"
        if inner.many:
            query = f"SELECT json_group_array(json(item)) FROM ({query} ORDER BY {_key(inner)})"
        members.append(f"'{name}', json((\n{indent}        {query}\n{indent}    ))")
    return _call("json_object", members, indent)


def _view(view: DocumentView, document: str) -> str:
    root = view.root
    return (
        f"CREATE VIEW {view.name} AS\nSELECT\n    {root.alias}.{view.found_by_column} AS found_by,\n"
        f"    {document} AS data\n{_from(root, None)}"
    )


def _values(part: Part, spelling: Mapping[Kind, str]) -> Iterator[str]:
    for field in part.fields:
        yield f"'{field.name}', {spelling.get(field.kind, '{}').format(f'{part.alias}.{field.column}')}"


def _call(function: str, members: list[str], indent: str) -> str:
    lines = f",\n{indent}    ".join(members)
    return f"{function}(\n{indent}    {lines}\n{indent})"


def _from(part: Part, outer: Part | None) -> str:
    text = f"FROM {part.table.name} {part.alias}"
    if outer is None or part.joined is None:
        return text
    own, other = part.joined
    return f"{text} WHERE {part.alias}.{own} = {outer.alias}.{other}"


def _key(part: Part) -> str:
    return ", ".join(f"{part.alias}.{column}" for column in part.table.key)
