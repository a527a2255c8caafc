"""What administrators state of members in their place: emails, preferences, profiles, and birth dates."""

from datetime import date, datetime

import attrs

from fittrack_domain.audit import service as audit
from fittrack_domain.identity.admission import AccountCorrection, ProfileEdit
from fittrack_domain.identity.errors import ProfileStated
from fittrack_domain.identity.events import EmailCorrected
from fittrack_domain.identity.model import Account, Profile
from fittrack_domain.identity.ports import IdentityTx
from fittrack_domain.identity.service import kept_profile, require_free_email, require_free_name, require_present
from fittrack_domain.shared.calendar import platform_day
from fittrack_domain.shared.errors import StaleVersion
from fittrack_domain.shared.ids import MemberId
from fittrack_domain.shared.ports import Clock, Store
from fittrack_domain.shared.requests import Request


@attrs.frozen
class Corrections:
    """Accounts and profiles in the hands of administrators. `actor` None is the operator at the console."""

    store: Store[IdentityTx]
    clock: Clock

    def account(
        self, actor: MemberId | None, member_id: MemberId, correction: AccountCorrection, version: int | None = None
    ) -> Account:
        """Corrects email and preferences; audited. A corrected email is as verified as the one before was.

        Raises: `InvalidInput` (every fault), `MemberNotFound`, `AccountDeleted`, `EmailTaken`, `StaleVersion`.
        """
        now = self.clock.now()
        with self.store.transaction() as tx:
            account = tx.accounts.locked(member_id)
            account.require_kept()
            require_present(tx, account, version)
            preferences = tx.preferences.of(member_id)
            corrected, preferred = correction.applied_to(account, preferences)
            facts = {"email": corrected != account, "preferences": preferred != preferences}
            if facts["preferences"]:
                tx.preferences.save(preferred)
            if facts["email"]:
                require_free_email(tx, corrected)
                corrected = tx.accounts.save(corrected)
                tx.record(EmailCorrected(member_id))
            audit.record(tx, now, actor, "member.corrected", "member", member_id, facts)
            return corrected

    def first_profile(
        self, actor: MemberId | None, member_id: MemberId, edit: ProfileEdit, request: Request | None = None
    ) -> Profile:
        """States the profile of a member who has none yet, or one that lacks something; audited.

        Raises: as `profile`, and `ProfileStated`, `KeyReused`.
        """
        edit.check()
        now = self.clock.now()
        with self.store.transaction() as tx:
            if request and request.made_before(tx, now):
                return tx.profiles.get(member_id)
            profile = kept_profile(tx, member_id)
            if profile.is_complete:
                raise ProfileStated(member_id)
            stated = _saved(tx, now, actor, edit.applied_to(profile))
            if request:
                request.made(tx, now, member_id)
            return stated

    def profile(
        self,
        actor: MemberId | None,
        member_id: MemberId,
        edit: ProfileEdit,
        birth: date | None = None,
        version: int | None = None,
    ) -> Profile:
        """Replaces what is stated of a member, and corrects the birth date where one is given; audited.

        Raises: `InvalidInput` (every fault), `MemberNotFound`, `AccountDeleted`, `DisplayNameTaken`, `StaleVersion`.
        """
        now = self.clock.now()
        edit.check_with_birth(birth, platform_day(now))
        with self.store.transaction() as tx:
            profile = kept_profile(tx, member_id)
            if version not in (None, profile.version):
                raise StaleVersion("profile")
            edited = edit.applied_to(profile)
            return _saved(tx, now, actor, edited if birth is None else attrs.evolve(edited, date_of_birth=birth))


def _saved(tx: IdentityTx, now: datetime, actor: MemberId | None, profile: Profile) -> Profile:
    assert profile.display_name is not None, "an edit has one"
    require_free_name(tx, profile.user_id, profile.display_name)
    audit.record(tx, now, actor, "profile.corrected", "member", profile.user_id)
    return tx.profiles.save(profile)
