"""The box that keeps mail instead of sending it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from fittrack_adapters.mail import box
from fittrack_adapters.mail.box import BoxMailer, MailBox, MailNotFound
from fittrack_adapters.testing import StoppedClock
from fittrack_adapters.testing.builders import an_installation
from fittrack_domain.access.model import Purpose
from fittrack_domain.notices.model import Enclosure, Message
from fittrack_domain.shared.ids import EventId
from fittrack_domain.shared.paging import Paging
from tests.stores import AnyStore


@pytest.fixture(params=["memory", "sqlite", "postgres", "double"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[AnyStore]:
    urls = {"memory": "memory://", "sqlite": f"sqlite:///{tmp_path}/box.db"}
    url = urls.get(request.param) or request.getfixturevalue(f"{request.param}_url")
    with an_installation(StoppedClock(), url) as installation:
        yield installation.store


def put(store: AnyStore, clock: StoppedClock, to: str = "ann@example.com") -> EventId:
    mail_id = EventId(uuid4())
    BoxMailer(store, clock).send(Message(to, "Ann", "Subject", "Text"), mail_id)
    clock.advance(timedelta(seconds=1))
    return mail_id


def test_the_newest_are_kept(store: AnyStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(box, "MAILS_KEPT", 3)
    clock = StoppedClock()
    sent = [put(store, clock) for _ in range(5)]
    page = MailBox(store).page(Paging())
    assert sent[:1:-1] == [mail.id for mail in page.items]
    assert 3 == page.total
    with pytest.raises(MailNotFound, match=f"no mail {sent[0]}"):
        MailBox(store).mail(sent[0])


def test_mail_is_found_by_whom_it_is_for_and_by_its_id(store: AnyStore) -> None:
    clock = StoppedClock()
    ann, _, again = (put(store, clock, f"{name}@example.com") for name in ("ann", "bob", "ann"))
    page = MailBox(store).page(Paging(limit=1), "ann@example.com")
    assert ([again], 2) == ([mail.id for mail in page.items], page.total)
    mail = MailBox(store).mail(ann)
    assert ("ann@example.com", "Subject", StoppedClock().now()) == (mail.recipient, mail.subject, mail.sent_at)


def test_the_longest_mail_there_is_fits(store: AnyStore) -> None:
    message = Message("a" * 242 + "@example.com", "&" * 50, "'" * 200, "&" * 2_000, Enclosure(Purpose.APPEAL, "t" * 43))
    mail_id = EventId(uuid4())
    BoxMailer(store, StoppedClock(), "https://" + "a" * 200).send(message, mail_id)
    assert "&amp;" * 2_000 in str(MailBox(store).mail(mail_id).html)
