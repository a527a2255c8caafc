"""`fittrack demo`, also `fittrack db seed`: demo data."""

import os
from datetime import UTC, datetime

from fittrack_cli.output import AsJson, example, print_facts, print_json, print_lines, progress

EPILOG = example("fittrack demo")
SEED_EPILOG = example("fittrack db seed")


def demo(as_json: AsJson = False) -> None:
    """Fill the database with demo data.

    Members, 30 days of activity that end today, drawings of all types in all states. Everything in it was done through
    the use cases and verifies like any other data. Done again, it changes nothing. Only in development, and only where
    no drawings were published yet.

    With --json one object: isNew, members, drawings, tickets, prizesWon.
    """
    from fittrack_adapters.demo import DAYS, seed_demo
    from fittrack_adapters.settings import Settings

    with progress("Making demo data", len(DAYS)) as advance:
        report = seed_demo(Settings.load(os.environ), now=datetime.now(UTC), on_day=advance)
    if as_json:
        print_json(report)
        return
    print_lines("The demo is ready." if report.is_new else "The demo is there already: nothing was changed.")
    print_facts(
        {
            "Members": report.members,
            "Drawings": report.drawings,
            "Tickets": report.tickets,
            "Prizes won": report.prizes_won,
        }
    )
