"""Members as commands print them: for people, and as JSON in the shapes of the HTTP API."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from fittrack_cli.moments import shown
from fittrack_cli.output import print_facts, print_json

if TYPE_CHECKING:
    from fittrack_domain.app import FitTrack
    from fittrack_domain.identity.model import Account, Member
    from fittrack_domain.shared.ids import MemberId

LIST_COLUMNS = ["id", "email", "name", "status", "role", "tier"]


def print_status(account: "Account", *, as_json: bool) -> None:
    """What became of an account."""
    if as_json:
        print_json({"userId": account.id, "email": account.email, "status": account.status})
    else:
        print_facts({"Member": account.email, "Status": account.status.value})


def list_cells(member: "Member") -> tuple[object, ...]:
    """A member in a list."""
    account = member.account
    return (
        account.id,
        account.email,
        member.profile.display_name,
        account.status.value,
        account.role.value,
        _tier(member),
    )


def _tier(member: "Member") -> str | None:
    """Today's; None while the profile is incomplete."""
    from datetime import UTC

    from fittrack_domain.competition.tiers import tier_of
    from fittrack_domain.shared.calendar import platform_day

    tier = tier_of(member.profile, platform_day(datetime.now(UTC)))
    return None if tier is None else tier.code


def member_document(member: "Member") -> dict[str, Any]:
    """A member, without what belongs to other contexts."""
    account, profile = member.account, member.profile
    return {
        "userId": account.id,
        "email": account.email,
        "status": account.status,
        "role": account.role,
        "premiumExpiresAt": account.premium_expires_at,
        "createdAt": account.created_at,
        "profile": {
            "displayName": profile.display_name,
            "dateOfBirth": profile.date_of_birth,
            "stateOfResidence": profile.state_of_residence,
            "biologicalSex": profile.biological_sex,
            "fitnessLevel": profile.fitness_level,
            "tierCode": _tier(member),
            "openTier": profile.open_tier,
        },
    }


def print_member(fittrack: "FitTrack", member: "Member", *, as_json: bool) -> None:
    """A member with points and trackers."""
    account, profile = member.account, member.profile
    wallet = fittrack.points.balance(account.id)
    if as_json:
        points = {"balance": wallet.balance, "held": wallet.held, "pointsEarned": wallet.points_earned}
        print_json(member_document(member) | {"points": points, "connections": _connections(fittrack, account.id)})
        return
    print_facts(
        {
            "Member": account.id,
            "Email": account.email,
            "Status": account.status.value,
            "Role": account.role.value,
            "Premium until": shown(account.premium_expires_at),
            "Since": shown(account.created_at),
            "Name": profile.display_name,
            "Born": profile.date_of_birth,
            "Lives in": profile.state_of_residence,
            "Tier": _tier(member) or f"none: the profile lacks {', '.join(profile.missing)}",
            "Points": f"{wallet.balance:,} ({wallet.points_earned:,} earned by activity)",
        }
    )
    for connection in _connections(fittrack, account.id):
        print_facts({"Tracker": f"{connection['provider'].value} {connection['trackerUserKey'] or ''}".rstrip()})


def _connections(fittrack: "FitTrack", member: "MemberId") -> list[dict[str, Any]]:
    return [
        {
            "connectionId": connection.id,
            "provider": connection.provider,
            "isPrimary": connection.is_primary,
            "trackerUserKey": connection.tracker_user_key,
            "connectedOn": connection.connected_on,
            "syncStatus": connection.sync_status,
            "lastSyncAt": connection.last_sync_at,
        }
        for connection in fittrack.tracking.connections(member)
    ]
