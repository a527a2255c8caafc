"""Whatever members, thieves and the clock do in any order: a dead token lets nobody in, and a live one does."""

from datetime import datetime, timedelta

import attrs
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from fittrack_adapters.store.memory import MemoryStore
from fittrack_adapters.testing import CountingIds, StoppedClock
from fittrack_adapters.testing.builders import PASSWORD
from fittrack_domain.access.errors import AccountClosed, RefreshNotValid
from fittrack_domain.access.model import (
    ACCESS_TOKEN_LIFE,
    REFRESH_GRACE,
    REFRESH_TOKEN_LIFE,
    SESSIONS_MAX,
    Client,
    Purpose,
    Tokens,
)
from fittrack_domain.shared.ids import SessionId
from tests.domain.access.gatehouse import AWAY, HOME, Gatehouse

CLIENTS = st.sampled_from([HOME, AWAY])
GRACES = st.sampled_from([timedelta(seconds=1), REFRESH_GRACE - timedelta(seconds=1), REFRESH_GRACE])
WHICH = st.one_of(st.integers(-3, -1), st.integers(0, 1_000))
SPANS = st.sampled_from(
    [
        timedelta(seconds=1),
        ACCESS_TOKEN_LIFE - timedelta(seconds=1),
        ACCESS_TOKEN_LIFE,
        timedelta(days=10),
        REFRESH_TOKEN_LIFE - timedelta(seconds=1),
    ]
)


@attrs.define
class Pair:
    """Tokens in somebody's hands, and what is known of them."""

    tokens: Tokens
    made_at: datetime
    spent_at: datetime | None = None
    spent_from: Client | None = None


@attrs.define
class Seen:
    """A session as the rules have it."""

    device: str | None
    used_at: datetime
    ended: bool = False


class Thieves(RuleBasedStateMachine):
    """One member, whose tokens may be in anybody's hands; and beside it a model that knows what must hold."""

    def __init__(self) -> None:
        super().__init__()
        clock = StoppedClock()
        self.gate = Gatehouse(MemoryStore(clock, CountingIds(clock)), clock)
        self.processes = 1
        self.ann = self.gate.join()
        self.held: list[Pair] = []
        self.sessions: dict[SessionId, Seen] = {}
        self.is_active = True

    @property
    def now(self) -> datetime:
        return self.gate.clock.now()

    def is_open(self, session_id: SessionId) -> bool:
        seen = self.sessions[session_id]
        return not seen.ended and self.now < seen.used_at + REFRESH_TOKEN_LIFE

    def end_all(self) -> None:
        for seen in self.sessions.values():
            seen.ended = True

    @rule(device=st.sampled_from([None, "phone", "tablet"]), client=CLIENTS, times=st.sampled_from([1, 1, 1, 12]))
    def logs_in(self, device: str | None, client: Client, times: int) -> None:
        for _ in range(times):
            try:
                tokens = self.gate.sessions.log_in("ann@example.com", PASSWORD, client, device).tokens
            except AccountClosed:
                assert not self.is_active
                return
            assert self.is_active
            for seen in self.sessions.values():
                seen.ended |= device is not None and seen.device == device
            others = sorted(filter(self.is_open, self.sessions), key=lambda each: (self.sessions[each].used_at, each))
            for oldest in others[: max(0, len(others) + 1 - SESSIONS_MAX)]:
                self.sessions[oldest].ended = True
            self.sessions[tokens.session_id] = Seen(device, self.now)
            self.held.append(Pair(tokens, self.now))

    @precondition(lambda self: self.held)
    @rule(which=WHICH, client=CLIENTS)
    def somebody_uses_a_refresh_token(self, which: int, client: Client) -> None:
        self.refresh(self.held[which % len(self.held)], client)

    @precondition(lambda self: self.held)
    @rule(which=WHICH, client=CLIENTS, after=st.lists(GRACES, min_size=1, max_size=3))
    def somebody_uses_it_again_and_again(self, which: int, client: Client, after: list[timedelta]) -> None:
        pair = self.held[which % len(self.held)]
        self.refresh(pair, client)
        for span in after:
            self.time_passes(span)
            self.refresh(pair, client)

    @precondition(lambda self: self.held)
    @rule(which=WHICH)
    def an_answer_is_lost_and_found_after_a_month(self, which: int) -> None:
        pair = self.held[which % len(self.held)]
        self.refresh(pair, HOME)
        lost = self.held[-1]
        for _ in range(3):
            self.refresh(pair, HOME)
            pair = self.held[-1]
            self.time_passes(timedelta(days=10))
        self.refresh(lost, HOME)

    def refresh(self, pair: Pair, client: Client) -> None:
        session_id = pair.tokens.session_id
        was_open = self.is_open(session_id)
        is_stolen = pair.spent_at is not None and not (
            client == pair.spent_from and self.now < pair.spent_at + REFRESH_GRACE
        )
        is_good = was_open and not is_stolen and self.now < pair.made_at + REFRESH_TOKEN_LIFE
        try:
            tokens = self.gate.refresh(pair.tokens, client)
        except RefreshNotValid:
            assert not is_good
            self.sessions[session_id].ended |= was_open and is_stolen
            return
        assert is_good
        if pair.spent_at is None:
            pair.spent_at, pair.spent_from = self.now, client
        self.sessions[session_id].used_at = self.now
        self.held.append(Pair(tokens, self.now))

    @precondition(lambda self: self.held)
    @rule(which=WHICH, along=WHICH)
    def logs_out(self, which: int, along: int) -> None:
        here, there = (self.held[number % len(self.held)].tokens for number in (which, along))
        self.gate.sessions.log_out(self.ann, here.session_id, there.refresh_token)
        for tokens in (here, there):
            self.sessions[tokens.session_id].ended = True

    @rule()
    def logs_out_everywhere(self) -> None:
        self.gate.sessions.log_out_everywhere(self.ann)
        self.end_all()

    @rule()
    def resets_the_password(self) -> None:
        self.gate.letters.sent.clear()
        self.gate.passwords.forgot("ann@example.com")
        for token in self.gate.mailed(Purpose.RESET_PASSWORD):
            self.gate.passwords.reset(token, PASSWORD)
            self.end_all()

    @rule()
    def is_suspended_or_reinstated(self) -> None:
        change = self.gate.identity.suspend if self.is_active else self.gate.identity.reinstate
        change(None, self.ann, "Why")
        self.gate.fittrack.relay.drain()
        self.gate.later(seconds=5)  # so long a session may count as good that the reaction ended
        self.is_active = not self.is_active
        self.end_all()

    @rule(span=SPANS)
    def time_passes(self, span: timedelta) -> None:
        self.gate.clock.advance(span)

    @rule()
    def what_has_expired_is_forgotten(self) -> None:
        self.gate.sessions.forget_expired()

    @rule()
    def the_process_is_another_one(self) -> None:
        letters = self.gate.letters
        self.gate = Gatehouse(self.gate.store, self.gate.clock, seed=100 * self.processes)
        self.gate.letters.sent = letters.sent
        self.processes += 1

    @invariant()
    def access_tokens_let_in_exactly_whom_they_should(self) -> None:
        for pair in self.held:
            expected = (
                self.is_active and self.is_open(pair.tokens.session_id) and self.now < pair.made_at + ACCESS_TOKEN_LIFE
            )
            assert expected == self.gate.lets_in(pair.tokens)

    @invariant()
    def open_sessions_are_those_that_are_open(self) -> None:
        found = {session.id for session in self.gate.sessions.open_sessions(self.ann)}
        assert {session_id for session_id in self.sessions if self.is_open(session_id)} == found
        assert len(found) <= SESSIONS_MAX


TestThieves = Thieves.TestCase
TestThieves.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
