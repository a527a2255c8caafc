"""Looks through everything that the tests log and print for what no log may hold, and fails the session if it is there.

Pytest keeps what a test and the processes that it starts write to stdout and stderr, and what `logging` was told. All
of that is looked at when the test is over; without capturing (`-s`) there is nothing to look at.
"""

import re
from collections.abc import Iterator
from typing import Final

import attrs
import pytest

from fittrack_adapters.demo import PASSWORD as DEMO_PASSWORD

FORBIDDEN: Final = {
    "an email address": re.compile(r"[\w.%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}\b"),
    "an access token": re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}"),
    # 32 random bytes as they travel: the chance that one of them lacks a kind of character is one in a thousand.
    "a refresh token or one from a mail": re.compile(
        r"(?<![\w+/-])(?=[\w-]*[A-Z])(?=[\w-]*[a-z])(?=[\w-]*\d)[\w-]{43}(?![\w+/=-])", re.ASCII
    ),
    "a hash of a password": re.compile(r"\$argon2|\bplain:[A-Z]"),
    "a password": re.compile(rf"[A-Z]\w+-horse-\d|{re.escape(DEMO_PASSWORD)}"),
    "a line of an address": re.compile(r"\d+ (Main St|Secret Street|Demo Plaza|Orchard Way)"),
}
LINES_SHOWN_MAX: Final = 50


@attrs.frozen
class Leak:
    """A line that holds what it should not, and where it was written."""

    what: str
    line: str
    where: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.what}: {self.line[:300]}"


def leaks_in(text: str, where: str = "") -> Iterator[Leak]:
    """Every line that holds something forbidden, once for each kind."""
    for line in text.splitlines():
        for what, form in FORBIDDEN.items():
            if form.search(line):
                yield Leak(what, line, where)


class LeakWatch:
    """The plugin."""

    def __init__(self) -> None:
        self.found: list[Leak] = []
        self.lines = 0

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when != "teardown":
            return  # the last report has what was written during all three
        for header, text in report.sections:
            self.lines += text.count("\n")
            self.found += leaks_in(text, f"{report.nodeid} ({header})")

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.found:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.found:
            terminalreporter.section("what no log may hold", red=True)
            for leak in self.found[:LINES_SHOWN_MAX]:
                terminalreporter.line(str(leak), red=True)
        terminalreporter.line(f"{self.lines} lines of logs looked through, {len(self.found)} with what no log may hold")
