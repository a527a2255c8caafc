"""Importing 100,000 days of activity into each store, and what a day costs when there are ten times as many."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from tests.bench.harness import Bench, bench_on, benches, seconds, tell
from tests.bench.imports import copied, imported, lines
from tests.databases import Databases

MEMBERS = (250, 2_500)
DAYS = 40
TABLES = """select table_name from information_schema.tables
    where table_schema = 'public' and table_type = 'BASE TABLE' and table_name <> 'schema_migrations'"""

Took = tuple[float, float]
"""Seconds of FitTrack and of the bare driver."""


def main(databases: Databases) -> None:
    _tell("SQLite", "executemany", [_on_sqlite(members) for members in MEMBERS])
    _tell("PostgreSQL", "COPY", [_on_postgres(databases, members) for members in MEMBERS])


def _on_sqlite(members: int) -> Took:
    with benches(2) as (ours, bare):
        return _took(ours, members, lambda: copied(ours, bare))


def _on_postgres(databases: Databases, members: int) -> Took:
    source, target = databases.lend(), databases.lend()
    ours = bench_on(source)
    took = _took(ours, members, lambda: _copied(source, target))
    ours.installation.close()
    for url in (source, target):
        databases.give_back(url)
    return took


def _took(ours: Bench, members: int, bare: Callable[[], object]) -> Took:
    with TemporaryDirectory(prefix="fittrack-bench-") as folder:
        path = Path(folder) / "daily.csv"
        path.write_text("\n".join(lines(members, DAYS)), encoding="utf-8")
        took = seconds(lambda: imported(ours, path, members * DAYS, members * DAYS))
    assert ours.installation.fittrack.points.verify().clean
    return took, seconds(bare)


def _copied(source: str, target: str) -> None:
    """Every row of every table, from one database into the other, in one transaction."""
    with psycopg.connect(source) as rows, psycopg.connect(target) as connection:
        connection.execute("set session_replication_role = replica")  # the tables come in any order
        for (table,) in rows.execute(TABLES).fetchall():
            with (
                rows.cursor().copy(f"copy {table} to stdout (format binary)") as out,
                connection.cursor().copy(f"copy {table} from stdin (format binary)") as into,
            ):
                for part in out:
                    into.write(part)


def _tell(store: str, bare_way: str, costs: list[Took]) -> None:
    (few, _), (many, bare) = costs
    days = MEMBERS[1] * DAYS
    growth = (many / MEMBERS[1]) / (few / MEMBERS[0])
    tell(
        f"{store}, importing {days:,} days: {many:.1f} s, {days / many:,.0f} days/s, points and standings included "
        f"(bare {bare_way} of all rows this leaves, members too: {bare:.1f} s; ratio {bare / many:.2f}; "
        f"a day costs {growth:.2f} times what it does among {MEMBERS[0] * DAYS:,})"
    )
