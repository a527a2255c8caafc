"""Whether the time of a failed log-in tells if anybody has the email: `nox -s timing`. Ends with 1 when it does.

Known and unknown emails are tried in turn, in an order drawn for every round, with the real parameters of Argon2. Each
kind is tried in two groups, so that what is noise shows between groups that are the same. Medians are shown; what is
asked is Mann and Whitney's test, which minds no outliers.
"""

import gc
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any

import attrs
from scipy.stats import mannwhitneyu

from fittrack_adapters.security.passwords import Argon2Hasher
from fittrack_adapters.store.migrate import migrate
from fittrack_adapters.store.sqlite import SqliteStore
from fittrack_adapters.testing import CountingIds, PlainHasher, StoppedClock
from fittrack_domain.access.errors import WrongCredentials
from fittrack_domain.access.model import ATTEMPTS_MAX, Credential
from fittrack_domain.access.ports import PasswordHasher
from tests.domain.access.gatehouse import WRONG_PASSWORD, Gatehouse

ROUNDS = 250
GROUPS = ("known", "known, again", "unknown", "unknown, again")
ALARM_BELOW = 0.001
"""One false alarm in a thousand runs."""
SURE = 3.3
"""So many standard deviations are one false alarm in a thousand."""

Samples = dict[str, list[float]]


class Hasty:
    """A hasher with the fault that is looked for: it does not look where there is no hash."""

    def __init__(self, hasher: PasswordHasher) -> None:
        self.hash = hasher.hash
        self.is_outdated = hasher.is_outdated
        self._verify = hasher.verify

    def verify(self, password_hash: str | None, password: str) -> bool:
        return password_hash is not None and self._verify(password_hash, password)


class Telling:
    """A hasher with a smaller one: without a hash it takes a fifth longer."""

    def __init__(self, hasher: PasswordHasher) -> None:
        self.hash = hasher.hash
        self.is_outdated = hasher.is_outdated
        self._verify = hasher.verify

    def verify(self, password_hash: str | None, password: str) -> bool:
        begun = perf_counter()
        right = self._verify(password_hash, password)
        taken = perf_counter() - begun
        if password_hash is None:
            time.sleep(taken / 5)
        return right


@attrs.frozen
class Verdict:
    """What the groups came to, in milliseconds, and how likely chance alone would make them differ so."""

    medians: dict[str, float]
    spread: float
    kinds: float
    same: tuple[float, float]

    @classmethod
    def of(cls, samples: Samples) -> "Verdict":
        known, known_again, unknown, unknown_again = (samples[group] for group in GROUPS)
        low, _, high = quantiles(known + known_again, n=4)
        return cls(
            medians={group: 1_000 * median(samples[group]) for group in GROUPS},
            spread=1_000 * (high - low) / 1.35,  # the standard deviation, were it a bell without outliers
            kinds=_p(known + known_again, unknown + unknown_again),
            same=(_p(known, known_again), _p(unknown, unknown_again)),
        )

    @property
    def tells(self) -> bool:
        return self.kinds < ALARM_BELOW

    @property
    def difference(self) -> float:
        known, known_again, unknown, unknown_again = self.medians.values()
        return abs(known + known_again - unknown - unknown_again) / 2

    def show(self, title: str) -> None:
        print(f"\n{title}")
        for group, middle in self.medians.items():
            print(f"  {group:<16}{middle:10.3f} ms")
        print(f"  equal groups differ so by chance: p = {self.same[0]:.3f}, {self.same[1]:.3f}")
        print(f"  known and unknown differ so by chance: p = {self.kinds:.2g}", flush=True)


def _p(one: list[float], other: list[float]) -> float:
    return float(mannwhitneyu(one, other).pvalue)


def emails(gate: Gatehouse, password_hash: str) -> dict[str, Iterator[str]]:
    """An endless supply for each group: every email is tried once less often than would lock it."""
    made = count()

    def supply(*, known: bool) -> Iterator[str]:
        while True:
            email = f"member-{next(made):06}@example.com"
            if known:
                account = gate.register(email)
                with gate.store.transaction() as tx:
                    tx.credentials.remove(account.id)
                    tx.credentials.add(Credential(account.id, password_hash, gate.clock.now()))
            for _ in range(ATTEMPTS_MAX - 1):
                yield email

    return {group: supply(known=group.startswith("known")) for group in GROUPS}


def measured(gate: Gatehouse, act: Callable[[str], object], password_hash: str, rounds: int) -> Samples:
    supply = emails(gate, password_hash)
    samples: Samples = {group: [] for group in GROUPS}
    order = list(GROUPS)
    gc.disable()
    for number in range(rounds + 1):
        random.shuffle(order)
        for group in order:
            email = next(supply[group])
            begun = perf_counter()
            act(email)
            if number:  # the first round warms everything up
                samples[group].append(perf_counter() - begun)
    gc.enable()
    return samples


@contextmanager
def a_gate() -> Iterator[Gatehouse]:
    """A gate before a database of its own."""
    clock = StoppedClock()
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStore(Path(folder) / "timing.db", clock, CountingIds(clock), durable=False)
        migrate(store)
        yield Gatehouse(store, clock)
        store.close()


def failed_log_ins(title: str, hasher: PasswordHasher, rounds: int) -> Verdict:
    with a_gate() as gate:
        password_hash = hasher.hash("Right-horse-5")
        hasher_of_any_kind: Any = hasher

        def log_in(email: str) -> None:
            gate.hasher.plain = hasher_of_any_kind
            with suppress(WrongCredentials):
                gate.log_in(email, WRONG_PASSWORD)

        verdict = Verdict.of(measured(gate, log_in, password_hash, rounds))
    verdict.show(f"{title}, {rounds} rounds")
    return verdict


def main() -> int:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    argon2 = Argon2Hasher()
    argon2.verify(None, "warm")
    real = failed_log_ins("Argon2 as in production", argon2, rounds)
    hasty = failed_log_ins("A hasher that does not look where there is no hash", Hasty(argon2), max(20, rounds // 10))
    telling = failed_log_ins("A hasher that takes a fifth longer without a hash", Telling(argon2), max(60, rounds // 2))
    rest = failed_log_ins("For comparison: everything but Argon2", PlainHasher(), 4 * rounds)
    with a_gate() as gate:
        asked = Verdict.of(measured(gate, gate.passwords.forgot, gate.hasher.hash("Right-horse-5"), 4 * rounds))
    asked.show("For comparison: asking for a mail")
    for what, other in (("everything but Argon2", rest), ("asking for a mail", asked)):
        attempts = 2 * (SURE * real.spread / other.difference) ** 2
        print(f"\n{what}: {other.difference:.3f} ms; behind Argon2's noise to be seen after {attempts:,.0f} attempts")
    if not (hasty.tells and telling.tells):
        print("\nThe measurement is blind: it missed a fault that was put in on purpose.")
        return 1
    print("\nThe time tells known emails from unknown ones." if real.tells else "\nThe time tells nothing.")
    return int(real.tells)


if __name__ == "__main__":
    sys.exit(main())
