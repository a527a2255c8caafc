"""Demo data: a made-up history of members, activity and drawings, told through the use cases."""

from fittrack_adapters.demo.people import PASSWORD
from fittrack_adapters.demo.seeding import DemoOnlyInDevelopment, DemoReport, HistoryBegun, add_demo, logins, seed_demo
from fittrack_adapters.demo.story import DAYS

__all__ = ["DAYS", "PASSWORD", "DemoOnlyInDevelopment", "DemoReport", "HistoryBegun", "add_demo", "logins", "seed_demo"]
