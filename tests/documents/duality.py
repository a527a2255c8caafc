"""What Oracle Database 23ai asks of a JSON relational duality view, told from its text and from the migrations."""

import re
from collections.abc import Iterator, Mapping, Sequence

import attrs

from fittrack_adapters.store.migrate import migrations

TOKEN = re.compile(r"'[^']*'|[\w.]+|[^\s\w]")
CREATE = "CREATE OR REPLACE JSON RELATIONAL DUALITY VIEW"
COLUMN_TAGS = {"CHECK", "NOCHECK", "UPDATE", "NOUPDATE"}
TABLE_TAGS = {f"{no}{word}" for no in ("", "NO") for word in ("INSERT", "UPDATE", "DELETE", "CHECK")}
OPENING = {"(": ")", "[": "]"}


@attrs.frozen
class Schema:
    """A table: its columns, its keys, its references by columns, and which texts are checked to be JSON."""

    columns: frozenset[str]
    key: frozenset[str]
    unique: frozenset[frozenset[str]]
    references: Mapping[frozenset[str], str]
    json_texts: frozenset[str]


@attrs.frozen
class Part:
    """An object in the text: its members' tokens, the objects in it by name and bracket, its tables, tags and joins."""

    fields: Mapping[str, Sequence[str]]
    parts: Sequence[tuple[str, str, "Part"]]
    tables: Sequence[tuple[str, str]]
    tags: Sequence[str]
    joins: Sequence[Sequence[str]]

    @property
    def columns(self) -> set[str]:
        return {tokens[0].partition(".")[2] for tokens in self.fields.values()}


def schemas() -> Mapping[str, Schema]:
    """All tables of the migrations."""
    text = re.sub(r"--[^\n]*", "", "".join(migration.text for migration in migrations()))
    bodies = dict(re.findall(r"CREATE TABLE (\w+) \(\n(.*?)\n\);", text, re.DOTALL))
    added = re.findall(r"ALTER TABLE (\w+) ADD (\w+ \{.*);", text)
    return {
        name: schema("\n".join([body, *(f"    {column}" for table, column in added if table == name)]))
        for name, body in bodies.items()
    }


def schema(body: str) -> Schema:
    """What stands between the parentheses of CREATE TABLE."""
    columns = re.findall(r"^ {4}(\w+) \{\w+(?::\d+)?\}(.*)$", body, re.MULTILINE)
    keys = {kind: _lists(rf"^ {{4}}{kind} \(([\w, ]+)\)", body) for kind in ("PRIMARY KEY", "UNIQUE")}
    for kind, found in keys.items():
        found += [frozenset({column}) for column, rest in columns if kind in rest]
    references = {frozenset({column}): to for column, rest in columns for to in re.findall(r"REFERENCES (\w+)", rest)}
    for own, to in re.findall(r"FOREIGN KEY \(([\w, ]+)\) REFERENCES (\w+)", body):
        references[frozenset(own.split(", "))] = to
    return Schema(
        columns=frozenset(column for column, _ in columns),
        key=keys["PRIMARY KEY"][0],
        unique=frozenset([*keys["PRIMARY KEY"], *keys["UNIQUE"]]),
        references=references,
        json_texts=frozenset(re.findall(r"CHECK \((\w+) IS JSON\)", body)),
    )


def _lists(pattern: str, body: str) -> list[frozenset[str]]:
    return [frozenset(found.split(", ")) for found in re.findall(pattern, body, re.MULTILINE)]


def parsed(sql: str) -> Part:
    """The document of a view. Raises `ValueError` where the text is no such view."""
    if not sql.startswith(CREATE):
        raise ValueError(f"must begin with {CREATE}")
    tokens = TOKEN.findall(sql)
    tokens = tokens[tokens.index("AS") + 1 :][::-1]
    part = _select(tokens)
    if tokens:
        raise ValueError(f"{tokens[-1]} after the end")
    return part


def _select(tokens: list[str]) -> Part:
    _expect(tokens, "SELECT", "JSON", "{")
    fields: dict[str, Sequence[str]] = {}
    parts: list[tuple[str, str, Part]] = []
    while True:
        name = tokens.pop().strip("'")
        _expect(tokens, ":")
        if tokens[-1] in OPENING and tokens[-2] == "SELECT":
            bracket = tokens.pop()
            parts.append((name, bracket, _select(tokens)))
            _expect(tokens, OPENING[bracket])
        else:
            fields[name] = list(_until(tokens, {",", "}"}))
        if tokens.pop() == "}":
            break
    _expect(tokens, "FROM")
    source = list(_until(tokens, {"WHERE", ")", "]"}))
    tags = source[source.index("WITH") + 1 :] if "WITH" in source else []
    named = [word for word in source[: len(source) - len(tags)] if word not in (",", "WITH")]
    conditions: list[str] = []
    if tokens and tokens[-1] == "WHERE":
        conditions = list(_until(tokens, {")", "]"}))[1:]
    joins = [join.split() for join in " ".join(conditions).split(" AND ")] if conditions else []
    return Part(fields, parts, list(zip(named[::2], named[1::2], strict=True)), tags, joins)


def _expect(tokens: list[str], *words: str) -> None:
    for word in words:
        if not tokens or (found := tokens.pop()) != word:
            raise ValueError(f"{found if tokens else 'the end'} instead of {word}")


def _until(tokens: list[str], ends: set[str]) -> Iterator[str]:
    depth = 0
    while tokens and (depth or tokens[-1] not in ends):
        depth += {"(": 1, ")": -1}.get(tokens[-1], 0)
        yield tokens.pop()


def faults_in(sql: str, tables: Mapping[str, Schema]) -> Iterator[str]:
    """Everything that the server would refuse."""
    root = parsed(sql)
    table = tables.get(root.tables[0][0])
    key = root.fields.get("_id", [""])[0].partition(".")[2]
    if table is not None and frozenset({key}) != table.key:
        yield "the document has no _id on the key of its table"
    yield from _faults(root, tables)


def _faults(part: Part, tables: Mapping[str, Schema]) -> Iterator[str]:
    if len(part.tables) != 1:
        yield "more than one table after FROM"
        return
    [(name, alias)] = part.tables
    if (table := tables.get(name)) is None:
        yield f"there is no table {name}"
        return
    if not set(part.tags) <= TABLE_TAGS:
        yield f"{name} is tagged with what no table is"
    for field, tokens in part.fields.items():
        yield from _value_faults(f"{name}, {field}", tokens, alias, table)
    if not table.key <= part.columns:
        yield f"{name} does not show its key"
    for field, bracket, inner in part.parts:
        yield from _join_faults(field, bracket, part, inner, tables)
        yield from _faults(inner, tables)


def _value_faults(where: str, tokens: Sequence[str], alias: str, table: Schema) -> Iterator[str]:
    value, *tags = tokens
    owner, _, column = value.partition(".")
    if (tags and tags[0] != "WITH") or owner != alias or not column:
        yield f"{where}: an expression instead of a column of its own"
    elif column not in table.columns:
        yield f"{where}: there is no such column"
    elif column in table.json_texts:
        yield f"{where}: a text that IS JSON, instead of the type JSON"
    elif not set(tags[1:]) <= COLUMN_TAGS:
        yield f"{where}: tagged with what no column is"


def _join_faults(field: str, bracket: str, outer: Part, inner: Part, tables: Mapping[str, Schema]) -> Iterator[str]:
    if len(inner.tables) != 1 or inner.tables[0][0] not in tables:
        return
    [(outer_name, outer_alias)], [(name, alias)] = outer.tables, inner.tables
    if any(len(join) != 3 or join[1] != "=" for join in inner.joins):
        yield f"{field}: joined by something else than equal columns"
        return
    own, others = _joining(inner, alias), _joining(inner, outer_alias)
    child, parent = tables[name], tables[outer_name]
    if child.references.get(own) == outer_name and others == parent.key:
        many, shown = own not in child.unique, own & inner.columns - child.key
    elif parent.references.get(others) == name and own == child.key:
        many, shown = False, others & outer.columns - parent.key
    else:
        yield f"{field}: joined by what is not a declared foreign key to a key"
        return
    if many is not (bracket == "["):
        yield f"{field}: [ ] is for many rows, and only for them"
    if shown:
        yield f"{field}: {', '.join(sorted(shown))} is shown, and joins it"


def _joining(part: Part, alias: str) -> frozenset[str]:
    """The columns of a table by which a part is joined."""
    sides = (side.split(".") for left, _, right in part.joins for side in (left, right))
    return frozenset(column for owner, column in sides if owner == alias)
