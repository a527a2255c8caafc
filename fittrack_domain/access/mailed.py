"""Tokens that are mailed: made at the moment of mailing, and never stored but as a hash."""

from datetime import datetime

from fittrack_domain.access.events import TokenDue
from fittrack_domain.access.model import TOKEN_BYTES, OneTimeToken, Purpose, token_hash, token_text
from fittrack_domain.access.ports import AccessTx
from fittrack_domain.identity.events import EmailCorrected
from fittrack_domain.identity.model import Status
from fittrack_domain.shared.ids import MemberId
from fittrack_domain.shared.ports import Entropy


def fresh_token(tx: AccessTx, entropy: Entropy, now: datetime, member_id: MemberId, purpose: Purpose) -> str:
    """A new single-use token for a member, to be mailed to them. Those mailed before stay good until they expire."""
    token = token_text(entropy.token(TOKEN_BYTES))
    tx.one_time_tokens.add(OneTimeToken(token_hash(token), member_id, purpose, expires_at=now + purpose.life))
    return token


def readdress(tx: AccessTx, _now: datetime, event: EmailCorrected) -> None:
    """Reaction: what was mailed to the wrong address is good for nothing; who waits for verification is mailed anew."""
    tx.one_time_tokens.remove_of(event.member_id)
    if tx.accounts.get(event.member_id).status is Status.PENDING:
        tx.record(TokenDue(event.member_id, Purpose.VERIFY_EMAIL))
