"""Connecting a tracker through the gateway: the sign-in is begun here, carried out there, and completed here."""

import attrs

from fittrack_domain.access.model import TOKEN_BYTES, token_hash, token_text
from fittrack_domain.shared.ids import MemberId
from fittrack_domain.shared.ports import Clock, Entropy, Store
from fittrack_domain.tracking.binding import Binding
from fittrack_domain.tracking.errors import AlreadyConnected, NotYourTracker, SignInNotValid
from fittrack_domain.tracking.gateway import PhoneSignIn, TrackerGateway, WebSignIn
from fittrack_domain.tracking.links import SIGN_IN_LIFE, SignIn, order_of
from fittrack_domain.tracking.model import Connection, Provider, SyncStatus
from fittrack_domain.tracking.ports import TrackingTx


@attrs.frozen
class Begun:
    """A sign-in that the member goes on with, and the state with which they come back."""

    goes_on: WebSignIn | PhoneSignIn
    state: str = attrs.field(repr=False)
    reference: str = attrs.field(repr=False)


@attrs.frozen
class Linking:
    """Sign-ins at the gateway."""

    store: Store[TrackingTx]
    clock: Clock
    entropy: Entropy
    gateway: TrackerGateway
    binding: Binding

    def begin(self, member_id: MemberId, provider: Provider) -> Begun:
        """Begins a sign-in: of a tracker that is not connected, or does not work any more.

        Raises `MemberNotFound`, `AlreadyConnected`, and `Unavailable` as the gateway does.
        """
        with self.store.reading() as tx:
            tx.accounts.get(member_id)
            _require_free(tx, member_id, provider)
        reference = self._reference(member_id)
        state = token_text(self.entropy.token(TOKEN_BYTES))
        goes_on = self.gateway.sign_in(provider, reference, state)
        now = self.clock.now()
        sign_in = SignIn(token_hash(state), member_id, provider, reference, now, now + SIGN_IN_LIFE)
        with self.store.transaction() as tx:
            tx.sign_ins.add(sign_in)
        return Begun(goes_on, state, reference)

    def complete(self, member_id: MemberId, provider: Provider, state: str, key: str) -> Connection:
        """The member is back, and the gateway confirms that its user `key` was signed in for them.

        What the gateway tells by itself may have come first, and then there is nothing left to do. Raises
        `SignInNotValid`, `TrackerUserUnknown`, `NotYourTracker`, `TrackerTaken`, `AlreadyConnected`, and `Unavailable`
        as the gateway does; the state stays good then.
        """
        now = self.clock.now()
        with self.store.reading() as tx:
            _open(tx.sign_ins.find(token_hash(state)), provider).used(member_id, provider, now)
        user = self.gateway.user(key)
        with self.store.transaction() as tx:
            sign_in = _open(tx.sign_ins.locked(token_hash(state)), provider).used(member_id, provider, now)
            if (user.key, user.provider, user.reference) != (key, provider, sign_in.reference):
                raise NotYourTracker(provider.value)
            tx.sign_ins.save(sign_in)
            return self.binding.bind(tx, member_id, provider, key, order_of(now), now)

    def _reference(self, member_id: MemberId) -> str:
        """The same for each of a member's sign-ins. Nobody else can guess it, and pass a tracker off as theirs."""
        return self.binding.sealer.fingerprint(member_id.bytes, "tracker reference")


def _open(sign_in: SignIn | None, provider: Provider) -> SignIn:
    if sign_in is None:
        raise SignInNotValid(provider.value)
    return sign_in


def _require_free(tx: TrackingTx, member_id: MemberId, provider: Provider) -> None:
    """A connection that the gateway has trouble with may be signed in again."""
    for connection in tx.connections.of(member_id):
        in_trouble = connection.sync_status is SyncStatus.ERROR and tx.links.current(connection.id) is not None
        if connection.provider is provider and connection.is_live and not in_trouble:
            raise AlreadyConnected(provider.value)
