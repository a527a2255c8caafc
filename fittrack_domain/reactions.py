"""What follows from what: every event, and the use cases that react to it."""

from collections.abc import Mapping

from fittrack_domain.access import mailed
from fittrack_domain.access.events import PasswordChanged, SessionOpened, TokenDue, TokenReused
from fittrack_domain.access.sessions import Sessions
from fittrack_domain.competition import service as competition
from fittrack_domain.fulfillment.events import (
    AddressConfirmed,
    AddressFoundInvalid,
    ClaimWarned,
    PrizeDelivered,
    PrizeForfeited,
    PrizeReturned,
    PrizeShipped,
    PrizeWon,
)
from fittrack_domain.fulfillment.service import Fulfillments
from fittrack_domain.identity.events import EmailCorrected, MemberCreated, MemberStatusChanged, OpenTierChanged
from fittrack_domain.integrity.events import AppealDecided
from fittrack_domain.integrity.watch import Watch
from fittrack_domain.notices.events import EntrantsToTell, MailDue
from fittrack_domain.notices.service import Notices
from fittrack_domain.points.events import PointsAwarded
from fittrack_domain.points.scoring import Scoring
from fittrack_domain.relay import Delivery, Reaction
from fittrack_domain.shared.events import Event
from fittrack_domain.sweepstakes.drawings import Drawings
from fittrack_domain.sweepstakes.events import DrawingCancelled, DrawingCompleted, RefundsDue, WinnerDrawn
from fittrack_domain.tracking import connecting
from fittrack_domain.tracking.events import DaysChanged, ReportsRejected, TrackerEventArrived
from fittrack_domain.tracking.inbox import Inbox

EVENTS: tuple[type[Event], ...] = (
    MemberCreated,
    MemberStatusChanged,
    EmailCorrected,
    OpenTierChanged,
    TokenDue,
    SessionOpened,
    PasswordChanged,
    TokenReused,
    TrackerEventArrived,
    DaysChanged,
    ReportsRejected,
    AppealDecided,
    PointsAwarded,
    DrawingCancelled,
    DrawingCompleted,
    RefundsDue,
    WinnerDrawn,
    PrizeWon,
    ClaimWarned,
    AddressConfirmed,
    AddressFoundInvalid,
    PrizeShipped,
    PrizeDelivered,
    PrizeForfeited,
    PrizeReturned,
    EntrantsToTell,
    MailDue,
)
"""Every kind of event there is, so that a store can read back what it kept."""


def reactions(
    sessions: Sessions,
    inbox: Inbox,
    scoring: Scoring,
    drawings: Drawings,
    fulfillments: Fulfillments,
    watch: Watch,
    notices: Notices,
) -> Mapping[type[Event], tuple[Reaction, ...]]:
    """The table. Each reaction runs in the relay's transaction and changes nothing but the store."""
    return {
        SessionOpened: (watch.see_device,),
        TrackerEventArrived: (inbox.react,),
        DaysChanged: (scoring.react,),
        ReportsRejected: (watch.see_rejected,),
        AppealDecided: (notices.tell,),
        PointsAwarded: (competition.credit,),
        MemberStatusChanged: (sessions.react, connecting.let_go, competition.show_or_hide, notices.tell),
        EmailCorrected: (mailed.readdress,),
        PasswordChanged: (notices.tell,),
        TokenReused: (notices.tell,),
        OpenTierChanged: (competition.show_or_hide,),
        RefundsDue: (drawings.refund,),
        WinnerDrawn: (fulfillments.open,),
        PrizeWon: (fulfillments.mark_notified, notices.tell_winner),
        ClaimWarned: (notices.tell,),
        AddressConfirmed: (notices.tell,),
        AddressFoundInvalid: (notices.tell,),
        PrizeShipped: (notices.tell,),
        PrizeDelivered: (notices.tell,),
        PrizeForfeited: (notices.tell,),
        DrawingCancelled: (notices.tell_entrants,),
        EntrantsToTell: (notices.tell_entrants,),
    }


def deliveries(notices: Notices) -> Mapping[type[Event], Delivery]:
    """What leaves the store, after the commit."""
    return {MailDue: notices.send, TokenDue: notices.send_token}
