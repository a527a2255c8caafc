"""Drawings as commands print them: for people, and as JSON in the shapes of the HTTP API."""

from typing import TYPE_CHECKING, Any

from fittrack_cli.moments import shown
from fittrack_cli.output import print_facts, print_json, print_lines, print_table

if TYPE_CHECKING:
    from fittrack_domain.sweepstakes.results import OutcomeView, Win
    from fittrack_domain.sweepstakes.tickets import Receipt
    from fittrack_domain.sweepstakes.views import DrawingView, OfferedPrize

LIST_COLUMNS = ["id", "name", "type", "status", "drawing", "#ticket", "#tickets", "#prizes"]


def list_cells(view: "DrawingView") -> tuple[object, ...]:
    """A drawing in a list."""
    drawing = view.drawing
    return (
        drawing.id,
        drawing.name,
        drawing.drawing_type.value,
        view.status.value,
        shown(drawing.drawing_time),
        f"{drawing.ticket_cost_points:,}",
        f"{view.odds.all_tickets:,}",
        sum(offered.prize.quantity for offered in view.prizes),
    )


def drawing_document(view: "DrawingView") -> dict[str, Any]:
    """A drawing. What concerns a member is there only when one is looking."""
    drawing, asked = view.drawing, view.drawing.eligibility
    document = {
        "drawingId": drawing.id,
        "type": drawing.drawing_type,
        "name": drawing.name,
        "description": drawing.description,
        "status": view.status,
        "ticketCostPoints": drawing.ticket_cost_points,
        "salesOpenAt": drawing.sales_open_at,
        "ticketSalesClose": drawing.ticket_sales_close,
        "drawingTime": drawing.drawing_time,
        "eligibility": {"userType": asked.user_type, "minAccountAgeDays": asked.min_account_age_days},
        "maxTicketsPerMember": drawing.max_tickets_per_member,
        "maxWinsPerMember": drawing.max_wins_per_holder,
        "prizes": [_prize(offered) for offered in view.prizes],
        "totalTickets": view.odds.all_tickets,
        "termsHash": view.terms_hash,
        "seedCommitment": view.seed_commitment,
        "completedAt": drawing.completed_at,
        "cancelledReason": drawing.cancelled_reason,
    }
    if view.obstacles is None:
        return document
    return document | {
        "userTickets": view.odds.member_tickets,
        "eligible": not view.obstacles,
        "notEligibleBecause": [{"rule": found.rule, "detail": found.detail} for found in view.obstacles],
    }


def _prize(offered: "OfferedPrize") -> dict[str, Any]:
    prize, sponsor = offered.prize, offered.sponsor
    return {
        "prizeId": prize.id,
        "rank": prize.prize_rank,
        "name": prize.name,
        "description": prize.description,
        "valueUsd": prize.value_usd,
        "quantity": prize.quantity,
        "fulfillmentType": prize.fulfillment_type,
        "imageUrl": prize.image_url,
        "sponsor": sponsor and {"sponsorId": sponsor.id, "name": sponsor.name, "websiteUrl": sponsor.website_url},
    }


def print_drawing(view: "DrawingView", *, as_json: bool) -> None:
    """A drawing with its prizes."""
    if as_json:
        print_json(drawing_document(view))
        return
    drawing = view.drawing
    print_facts(
        {
            "Drawing": drawing.id,
            "Name": drawing.name,
            "About": drawing.description,
            "Type": drawing.drawing_type.value,
            "Status": view.status.value,
            "Cancelled": drawing.cancelled_reason,
            "Ticket": f"{drawing.ticket_cost_points:,} points",
            "Sales": f"{shown(drawing.sales_open_at)} to {shown(drawing.ticket_sales_close)}",
            "Drawn at": shown(drawing.drawing_time),
            "Tickets": f"{view.odds.all_tickets:,}",
            "Terms hash": view.terms_hash,
            "Seed commitment": view.seed_commitment,
        }
    )
    print_table(
        ["#rank", "prize", "#units", "#USD each", "given by"],
        (
            (each.prize.prize_rank, each.prize.name, each.prize.quantity, each.prize.value_usd, _giver(each))
            for each in view.prizes
        ),
        empty="No prizes yet.",
    )
    if view.obstacles is not None:
        print_facts({"Own tickets": view.odds.member_tickets})
        print_lines(*(f"Cannot take part: {found.detail}." for found in view.obstacles))


def _giver(offered: "OfferedPrize") -> str:
    return "FitTrack" if offered.sponsor is None else offered.sponsor.name


def print_outcome(outcome: "OutcomeView", *, as_json: bool) -> None:
    """Who won what."""
    if as_json:
        print_json(_outcome(outcome))
        return
    print_facts(
        {
            "Drawing": outcome.drawing.name,
            "Status": outcome.drawing.status.value,
            "Cancelled": outcome.drawing.cancelled_reason,
            "Tickets": f"{outcome.tickets:,}",
            "Units without a winner": outcome.unawarded,
        }
    )
    print_table(
        ["#draw", "prize", "#ticket", "member", "#tickets held", "forfeited"],
        (
            (
                win.winner.draw_no,
                win.prize.name,
                win.winner.ticket_number,
                win.display_name,
                win.tickets_held,
                "yes" if win.forfeited else None,
            )
            for win in outcome.wins
        ),
        empty="Nobody won.",
    )


def _outcome(outcome: "OutcomeView") -> dict[str, Any]:
    return {
        "drawingId": outcome.drawing.id,
        "name": outcome.drawing.name,
        "status": outcome.drawing.status,
        "completedAt": outcome.drawing.completed_at,
        "totalTickets": outcome.tickets,
        "winners": [_win(win) for win in outcome.wins],
        "unawarded": outcome.unawarded,
    }


def _win(win: "Win") -> dict[str, Any]:
    return {
        "drawNo": win.winner.draw_no,
        "winningNumber": win.winner.ticket_number,
        "prizeId": win.prize.id,
        "prizeName": win.prize.name,
        "prizeValueUsd": win.prize.value_usd,
        "userId": win.winner.user_id,
        "displayName": win.display_name,
        "ticketsHeld": win.tickets_held,
        "forfeited": win.forfeited,
    }


def print_receipt(receipt: "Receipt", *, as_json: bool) -> None:
    """What a member got, and what it cost."""
    odds = receipt.odds
    if as_json:
        print_json(
            {
                "entryId": receipt.entry_id,
                "transactionId": receipt.transaction_id,
                "ticketsPurchased": receipt.tickets_purchased,
                "pointsSpent": receipt.points_spent,
                "newPointBalance": receipt.new_balance,
                "totalUserTickets": receipt.total_user_tickets,
                "odds": {"userTickets": odds.member_tickets, "totalTickets": odds.all_tickets},
                "logHead": receipt.log_head,
                "replayed": receipt.replayed,
            }
        )
        return
    print_facts(
        {
            "Entry": receipt.entry_id,
            "Tickets": receipt.tickets_purchased,
            "Points spent": receipt.points_spent,
            "Points left": receipt.new_balance,
            "Tickets in this drawing": receipt.total_user_tickets,
            "Odds of each draw": f"{odds.member_tickets:,} in {odds.all_tickets:,}",
            "Head of the log": receipt.log_head,
            "Repeated": "an earlier purchase with this key" if receipt.replayed else None,
        }
    )
