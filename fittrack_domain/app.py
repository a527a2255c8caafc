"""FitTrack put together: one attribute per family of use cases, from the ports that an installation brings."""

from typing import Protocol

import attrs

from fittrack_domain.access.ports import AccessTokens, PasswordHasher
from fittrack_domain.access.recovery import Passwords
from fittrack_domain.access.registration import Registration
from fittrack_domain.access.sessions import Sessions
from fittrack_domain.analytics.ports import AnalyticsTx
from fittrack_domain.analytics.service import Analytics
from fittrack_domain.audit.service import Audit
from fittrack_domain.competition.ports import Boards, CompetitionTx
from fittrack_domain.competition.service import Competition
from fittrack_domain.erasure import Erasure, ErasureTx
from fittrack_domain.exports import Exports, ExportsTx
from fittrack_domain.fulfillment.service import Fulfillments
from fittrack_domain.identity.corrections import Corrections
from fittrack_domain.identity.known import KnownAccounts
from fittrack_domain.identity.service import Identity
from fittrack_domain.integrity.service import Reviews
from fittrack_domain.integrity.watch import Watch
from fittrack_domain.notices.ports import Mailer
from fittrack_domain.notices.service import Notices
from fittrack_domain.points.scoring import Scoring
from fittrack_domain.points.service import Points
from fittrack_domain.reactions import deliveries, reactions
from fittrack_domain.relay import Relay
from fittrack_domain.shared.beside import Cache, DenyList
from fittrack_domain.shared.ports import Clock, Entropy, Ids, Sealer, Store
from fittrack_domain.shared.requests import Requests
from fittrack_domain.sweepstakes.catalogue import Catalogue
from fittrack_domain.sweepstakes.drawings import Drawings
from fittrack_domain.sweepstakes.draws import Draws
from fittrack_domain.sweepstakes.ports import Beacon
from fittrack_domain.sweepstakes.proofs import Proofs
from fittrack_domain.sweepstakes.results import Results
from fittrack_domain.sweepstakes.tickets import Sweepstakes
from fittrack_domain.tracking.binding import Binding
from fittrack_domain.tracking.gateway import TrackerGateway
from fittrack_domain.tracking.inbox import Inbox
from fittrack_domain.tracking.linking import Linking
from fittrack_domain.tracking.service import Tracking
from fittrack_domain.tracking.syncing import Syncing
from fittrack_domain.vitals import Pulse, VitalsTx


class AppTx(CompetitionTx, ExportsTx, ErasureTx, AnalyticsTx, VitalsTx, Protocol):
    """A transaction over everything: what an adapter's store must give."""


@attrs.frozen(kw_only=True)
class Ports:
    """What an installation brings."""

    store: Store[AppTx]
    clock: Clock
    ids: Ids
    entropy: Entropy
    sealer: Sealer
    beacon: Beacon
    gateway: TrackerGateway
    mailer: Mailer
    hasher: PasswordHasher
    access_tokens: AccessTokens
    cache: Cache
    deny_list: DenyList
    boards: Boards | None = None


@attrs.frozen(kw_only=True)
class FitTrack:
    """Everything one can do, by family. Drivers and other teams call `fittrack.sweepstakes.buy_tickets(…)`."""

    identity: Identity
    corrections: Corrections
    registration: Registration
    sessions: Sessions
    passwords: Passwords
    tracking: Tracking
    linking: Linking
    syncing: Syncing
    tracker_inbox: Inbox
    points: Points
    competition: Competition
    catalogue: Catalogue
    drawings: Drawings
    sweepstakes: Sweepstakes
    draws: Draws
    results: Results
    proofs: Proofs
    fulfillments: Fulfillments
    reviews: Reviews
    watch: Watch
    notices: Notices
    analytics: Analytics
    exports: Exports
    erasure: Erasure
    audit: Audit
    requests: Requests
    relay: Relay
    pulse: Pulse


def assemble(ports: Ports) -> FitTrack:
    """Plugs the use cases onto the ports."""
    store, clock, ids, sealer = ports.store, ports.clock, ports.ids, ports.sealer
    known = KnownAccounts(ports.cache)
    sessions = Sessions(
        store=store,
        clock=clock,
        ids=ids,
        entropy=ports.entropy,
        hasher=ports.hasher,
        access_tokens=ports.access_tokens,
        deny_list=ports.deny_list,
        known=known,
    )
    gateway = ports.gateway
    binding = Binding(ids, sealer, gateway)
    inbox = Inbox(store, clock, ids, sealer, gateway, binding)
    drawings = Drawings(store, clock, ids, ports.entropy, sealer, ports.beacon)
    fulfillments = Fulfillments(store, clock, ids, sealer)
    notices = Notices(store, clock, ids, ports.entropy, ports.mailer)
    watch = Watch(store, clock, ids)
    return FitTrack(
        identity=Identity(store, clock, ids, known),
        corrections=Corrections(store, clock),
        registration=Registration(store, clock, ids, ports.hasher, known),
        sessions=sessions,
        passwords=Passwords(store, clock, ports.hasher, ports.deny_list, known),
        tracking=Tracking(store, clock, ids),
        linking=Linking(store, clock, ports.entropy, gateway, binding),
        syncing=Syncing(store, clock, gateway, binding),
        tracker_inbox=inbox,
        points=Points(store, clock, ids),
        competition=Competition(store, clock, ports.boards),
        catalogue=Catalogue(store, clock, ids),
        drawings=drawings,
        sweepstakes=Sweepstakes(store, clock, ids),
        draws=Draws(store, clock, sealer, ports.beacon),
        results=Results(store),
        proofs=Proofs(store, sealer),
        fulfillments=fulfillments,
        reviews=Reviews(store, clock, ids),
        watch=watch,
        notices=notices,
        analytics=Analytics(store, clock),
        exports=Exports(store, clock),
        erasure=Erasure(store, clock),
        audit=Audit(store),
        requests=Requests(store, clock),
        relay=Relay(
            store,
            clock,
            reactions(sessions, inbox, Scoring(ids), drawings, fulfillments, watch, notices),
            deliveries(notices),
        ),
        pulse=Pulse(store, clock),
    )
