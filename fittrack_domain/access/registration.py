"""Becoming a member: registration, and the proof that the email is theirs."""

from collections.abc import Iterator
from datetime import date
from typing import Final

import attrs

from fittrack_domain.access.attempts import counted, email_hash
from fittrack_domain.access.errors import TokenNotValid
from fittrack_domain.access.events import TokenDue
from fittrack_domain.access.model import Credential, Guarded, Purpose, token_hash
from fittrack_domain.access.passwords import normal_password, password_faults
from fittrack_domain.access.ports import AccessTx, PasswordHasher
from fittrack_domain.audit.service import record as audit
from fittrack_domain.identity.admission import NewMember, email_key
from fittrack_domain.identity.errors import EmailTaken
from fittrack_domain.identity.events import MemberCreated
from fittrack_domain.identity.known import KnownAccounts
from fittrack_domain.identity.model import Account, Status
from fittrack_domain.shared.calendar import platform_day
from fittrack_domain.shared.errors import Fault, InvalidInput
from fittrack_domain.shared.ids import MemberId
from fittrack_domain.shared.ports import Clock, Ids, Store
from fittrack_domain.shared.text import line_faults

TERMS_VERSION: Final = "2026-11"
RULES_VERSION: Final = "2026-11"
"""Of the documents that members accept; each acceptance is kept with the version that was shown."""

REFERRAL_CODE_LENGTH_MAX: Final = 32


@attrs.frozen(kw_only=True)
class NewAccount:
    """What somebody states who wants to join."""

    email: str
    password: str = attrs.field(repr=False)
    date_of_birth: date
    state_of_residence: str
    accepted_terms: bool
    accepted_sweepstakes_rules: bool
    referral_code: str | None = None

    @property
    def member(self) -> NewMember:
        return NewMember(self.email, self.date_of_birth, self.state_of_residence)

    def check(self, today: date) -> None:
        """Raises `InvalidInput` with every fault. `today` is a day in platform time."""
        if faults := (*self.member.faults(today), *self._own_faults()):
            raise InvalidInput(faults)

    def _own_faults(self) -> Iterator[Fault]:
        yield from password_faults("/password", self.password, self.email)
        if not self.accepted_terms:
            yield Fault("/acceptedTerms", "the terms must be accepted")
        if not self.accepted_sweepstakes_rules:
            yield Fault("/acceptedSweepstakesRules", "the rules of the sweepstakes must be accepted")
        if self.referral_code is not None:
            yield from line_faults("/referralCode", self.referral_code, REFERRAL_CODE_LENGTH_MAX)


@attrs.frozen
class Registration:
    """How somebody becomes a member."""

    store: Store[AccessTx]
    clock: Clock
    ids: Ids
    hasher: PasswordHasher
    known: KnownAccounts

    def register(self, new: NewAccount) -> Account:
        """Makes an account that waits for its email to be verified; the mail for that is on its way.

        Raises: `InvalidInput` (every fault), `EmailTaken`, `HashingBusy`.
        """
        now = self.clock.now()
        new.check(platform_day(now))
        with self.store.reading() as tx:
            _require_free(tx, new.email)  # before the effort of hashing
        password_hash = self.hasher.hash(normal_password(new.password))
        account = Account(
            id=MemberId(self.ids.new()),
            email=new.email,
            email_key=email_key(new.email),
            created_at=now,
            terms_accepted_at=now,
            terms_version=TERMS_VERSION,
            rules_accepted_at=now,
            rules_version=RULES_VERSION,
            referral_code=new.referral_code,
        )
        with self.store.transaction() as tx:
            _require_free(tx, new.email)
            tx.accounts.add(account)
            tx.profiles.add(new.member.profile_of(account))
            tx.credentials.add(Credential(account.id, password_hash, changed_at=now))
            audit(tx, now, account.id, "member.registered", "member", account.id)
            tx.record(MemberCreated(account.id))
            tx.record(TokenDue(account.id, Purpose.VERIFY_EMAIL))
        return account

    def verify_email(self, token: str) -> Account:
        """Lets a member in who shows the token that was mailed to them. Raises `TokenNotValid`."""
        now = self.clock.now()
        with self.store.transaction() as tx:
            found = tx.one_time_tokens.locked(token_hash(token))
            if found is None or found.purpose is not Purpose.VERIFY_EMAIL:
                raise TokenNotValid(Purpose.VERIFY_EMAIL.value)
            tx.one_time_tokens.save(found.used(now))
            account = tx.accounts.locked(found.user_id)
            if account.is_deleted:
                raise TokenNotValid(Purpose.VERIFY_EMAIL.value)
            account = tx.accounts.save(account.verified(now))
            audit(tx, now, account.id, "member.email_verified", "member", account.id)
        self.known.tell(account)
        return account

    def resend_verification(self, email: str) -> None:
        """Mails another token to whoever waits for verification; of any other email nothing is told and nothing sent.

        A handful of times, then no more for a while.
        """
        now = self.clock.now()
        with self.store.transaction() as tx:
            if counted(tx, Guarded.MAIL, email_hash(email), now):
                account = tx.accounts.by_email_key(email_key(email))
                if account is not None and account.status is Status.PENDING:
                    tx.record(TokenDue(account.id, Purpose.VERIFY_EMAIL))


def _require_free(tx: AccessTx, email: str) -> None:
    if tx.accounts.by_email_key(email_key(email)) is not None:
        raise EmailTaken
