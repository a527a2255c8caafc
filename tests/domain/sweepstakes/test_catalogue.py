"""Sponsors come and stay; prizes change only while their drawing is a draft."""

from uuid import UUID

import pytest

from fittrack_domain.shared.errors import InvalidInput, StaleVersion
from fittrack_domain.shared.ids import DrawingId, MemberId, PrizeId, SponsorId
from fittrack_domain.shared.money import Usd
from fittrack_domain.shared.paging import Paging
from fittrack_domain.sweepstakes.drafts import SponsorDraft
from fittrack_domain.sweepstakes.errors import (
    DrawingFrozen,
    DrawingNotFound,
    PrizeNotFound,
    SponsorInactive,
    SponsorNotFound,
)
from fittrack_domain.sweepstakes.model import SponsorStatus
from tests.domain.sweepstakes.world import World, a_drawing_draft, a_prize

ADMIN = MemberId(UUID(int=1))


def test_a_sponsor_is_added_edited_and_deactivated(world: World) -> None:
    acme = world.catalogue.add_sponsor(ADMIN, SponsorDraft("Acme", website_url="https://acme.example"))
    edited = world.catalogue.edit_sponsor(ADMIN, acme.id, SponsorDraft("Acme Inc.", notes="Pays\nlate"), version=1)
    assert ("Acme Inc.", None, "Pays\nlate", acme.created_at) == (
        edited.name,
        edited.website_url,
        edited.notes,
        edited.created_at,
    )
    world.catalogue.deactivate_sponsor(ADMIN, acme.id)
    assert SponsorStatus.INACTIVE is world.catalogue.sponsor(acme.id).status
    assert world.audited(acme.id) == ["sponsor.added", "sponsor.edited", "sponsor.deactivated"]


def test_sponsors_are_listed_by_name(world: World) -> None:
    for name in ("Zeta", "Acme", "Mint"):
        world.catalogue.add_sponsor(ADMIN, SponsorDraft(name))
    mint = world.catalogue.sponsors(Paging(2, 1)).items[0]
    world.catalogue.deactivate_sponsor(ADMIN, mint.id)
    assert [each.name for each in world.catalogue.sponsors(Paging()).items] == ["Acme", "Mint", "Zeta"]
    active = world.catalogue.sponsors(Paging(limit=1), SponsorStatus.ACTIVE)
    assert (["Acme"], 2) == ([each.name for each in active.items], active.total)


def test_an_edit_of_an_old_version_is_refused(world: World) -> None:
    acme = world.catalogue.add_sponsor(ADMIN, SponsorDraft("Acme"))
    with pytest.raises(StaleVersion):
        world.catalogue.edit_sponsor(ADMIN, acme.id, SponsorDraft("Other"), version=2)
    with pytest.raises(StaleVersion):
        world.catalogue.deactivate_sponsor(ADMIN, acme.id, version=2)
    assert world.catalogue.sponsor(acme.id).name == "Acme"


def test_prizes_of_a_draft_are_added_edited_and_removed(world: World) -> None:
    drawing = world.a_draft(prizes=())
    acme = world.catalogue.add_sponsor(ADMIN, SponsorDraft("Acme"))
    prize = world.catalogue.add_prize(ADMIN, drawing.id, a_prize(1, sponsor_id=acme.id))
    second = world.catalogue.add_prize(ADMIN, drawing.id, a_prize(2))
    edited = world.catalogue.edit_prize(ADMIN, prize.id, a_prize(3, value_usd=Usd.of("7.50")), version=1)
    assert (3, Usd.of("7.50"), None, drawing.id) == (
        edited.prize_rank,
        edited.value_usd,
        edited.sponsor_id,
        edited.drawing_id,
    )
    assert edited == world.catalogue.prize(prize.id)
    world.catalogue.remove_prize(ADMIN, second.id)
    assert [edited] == world.catalogue.prizes(Paging()).items
    assert world.audited(prize.id) == ["prize.added", "prize.edited"]
    assert world.audited(second.id) == ["prize.added", "prize.removed"]


def test_whoever_edits_a_draft_hears_of_prizes_that_changed_meanwhile(world: World) -> None:
    draft = world.a_draft(prizes=(a_prize(1),))
    versions = [draft.version]
    second = world.catalogue.add_prize(ADMIN, draft.id, a_prize(2))
    versions.append(world.drawings.get(None, draft.id, drafts=True).drawing.version)
    world.catalogue.edit_prize(ADMIN, second.id, a_prize(3))
    versions.append(world.drawings.get(None, draft.id, drafts=True).drawing.version)
    with pytest.raises(StaleVersion):
        world.catalogue.remove_prize(ADMIN, second.id, version=second.version)
    world.catalogue.remove_prize(ADMIN, second.id)
    for version in versions:
        with pytest.raises(StaleVersion):
            world.drawings.edit(ADMIN, draft.id, a_drawing_draft(), version)


def test_a_rank_is_given_once(world: World) -> None:
    drawing = world.a_draft(prizes=(a_prize(1), a_prize(2)))
    with pytest.raises(InvalidInput, match="same rank"):
        world.catalogue.add_prize(ADMIN, drawing.id, a_prize(1))
    second = world.drawings.get(None, drawing.id, drafts=True).prizes[1].prize
    with pytest.raises(InvalidInput, match="same rank"):
        world.catalogue.edit_prize(ADMIN, second.id, a_prize(1))
    assert world.catalogue.edit_prize(ADMIN, second.id, a_prize(2, name="Better")).name == "Better"


def test_prizes_of_a_published_drawing_are_frozen(world: World) -> None:
    drawing = world.an_open_drawing()
    prize = world.drawings.get(None, drawing.id).prizes[0].prize
    with pytest.raises(DrawingFrozen):
        world.catalogue.add_prize(ADMIN, drawing.id, a_prize(2))
    with pytest.raises(DrawingFrozen):
        world.catalogue.edit_prize(ADMIN, prize.id, a_prize(1, quantity=2))
    with pytest.raises(DrawingFrozen, match="is scheduled"):
        world.catalogue.remove_prize(ADMIN, prize.id)
    assert [prize] == [offered.prize for offered in world.drawings.get(None, drawing.id).prizes]


def test_a_prize_needs_a_sponsor_that_is_active(world: World) -> None:
    drawing = world.a_draft()
    gone = world.catalogue.add_sponsor(ADMIN, SponsorDraft("Gone"))
    world.catalogue.deactivate_sponsor(ADMIN, gone.id)
    with pytest.raises(SponsorInactive, match="inactive"):
        world.catalogue.add_prize(ADMIN, drawing.id, a_prize(2, sponsor_id=gone.id))
    with pytest.raises(SponsorNotFound, match="no sponsor"):
        world.a_draft(prizes=(a_prize(sponsor_id=SponsorId(UUID(int=9))),))


def test_what_is_not_there_is_not_found(world: World) -> None:
    with pytest.raises(PrizeNotFound, match="no prize"):
        world.catalogue.prize(PrizeId(UUID(int=9)))
    with pytest.raises(DrawingNotFound, match="no drawing"):
        world.catalogue.add_prize(ADMIN, DrawingId(UUID(int=9)), a_prize())
