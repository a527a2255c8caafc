"""The store, with somebody told of standings after each commit that changed some."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

import attrs

from fittrack_adapters.store.transaction import Transaction
from fittrack_domain.competition.model import Standing
from fittrack_domain.shared.ports import Store


@attrs.frozen
class FollowedStore:
    """`Store` whose standings are followed.

    Whoever follows is called by the thread that committed, when the transaction and its locks are over, and not at all
    when the process ends in between: it must find out by itself what it missed.
    """

    store: Store[Transaction]
    follow: Callable[[Sequence[Standing]], object]

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        with self.store.transaction() as tx:
            yield tx
        if changed := tx.standings.changed:
            self.follow(changed)

    def reading(self) -> AbstractContextManager[Transaction]:
        return self.store.reading()
