"""Importing a file of daily activity, and importing it again, against the bare insertion of the rows it leaves."""

import random
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from fittrack_adapters.imports.importing import FitbitDailyImport, Imported
from tests.bench.harness import Bench, benches, met, seconds, tell

MEMBERS = 300
DAYS = 34
FIRST_DAY = date(2026, 1, 1)
DAYS_PER_SECOND_LEAST = 10_000
COLUMNS = "Id,ActivityDate,TotalSteps,VeryActiveMinutes,FairlyActiveMinutes,LightlyActiveMinutes"


def main() -> None:
    with TemporaryDirectory(prefix="fittrack-bench-") as folder, benches(2) as (ours, bare):
        path = Path(folder) / "daily.csv"
        path.write_text("\n".join(lines(MEMBERS, DAYS)), encoding="utf-8")
        first = seconds(lambda: imported(ours, path, MEMBERS * DAYS, MEMBERS * DAYS))
        awarded = ours.installation.fittrack.points.verify().points
        by_hand = seconds(lambda: copied(ours, bare))
        again = seconds(lambda: imported(ours, path, MEMBERS * DAYS, 0))
        assert ours.installation.fittrack.points.verify().points == awarded > 0
    _tell("import, days/s", first, by_hand)
    _tell("import of the same file again, days/s", again, by_hand)


def _tell(what: str, took: float, by_hand: float) -> None:
    ours, bare = MEMBERS * DAYS / took, MEMBERS * DAYS / by_hand
    tell(
        f"{what}: {ours:,.0f}, points and standings included "
        f"(bare executemany of all rows this leaves, members too: {bare:,.0f}; ratio {ours / bare:.2f}; "
        f"goal ≥ {DAYS_PER_SECOND_LEAST:,}: {met(ours >= DAYS_PER_SECOND_LEAST)})"
    )


def lines(members: int, days_each: int) -> list[str]:
    """A file of activity, as a tracker exports it."""
    chance = random.Random(1)
    days = [FIRST_DAY + timedelta(days=number) for number in range(days_each)]
    return [
        COLUMNS,
        *(
            f"{member},{day:%m/%d/%Y},{chance.randrange(25_000)},"
            f"{chance.randrange(60)},{chance.randrange(60)},{chance.randrange(300)}"
            for member in range(1_000_000, 1_000_000 + members)
            for day in days
        ),
    ]


def imported(bench: Bench, path: Path, rows: int, changed: int) -> Imported:
    """Imports the file, and sees to it that all of it was accepted and so many days changed by it."""
    done = FitbitDailyImport(bench.installation.fittrack, create_members=True).run(path)
    assert (done.rows_accepted, done.days_changed) == (rows, changed)
    return done


def copied(source: Bench, target: Bench) -> None:
    """Reads nothing back, decides nothing: a list of tuples per table, in one transaction."""
    rows = source.store.connect()
    connection = target.store.connect()
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("PRAGMA defer_foreign_keys = ON")  # the tables come in any order
    for (table,) in rows.execute("select name from sqlite_master where type = 'table' and name not like 'schema_%'"):
        columns = [name for _, name, *_ in rows.execute(f"pragma table_info({table})")]  # without generated ones
        listed, marks = ", ".join(columns), ", ".join("?" * len(columns))
        values = rows.execute(f"select {listed} from {table}").fetchall()
        connection.executemany(f"insert into {table} ({listed}) values ({marks})", values)
    connection.execute("COMMIT")


if __name__ == "__main__":
    main()
