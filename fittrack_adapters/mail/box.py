"""A mailer for machines without one: keeps mail in the store, for whoever develops or demonstrates."""

from typing import Final

import attrs

from fittrack_adapters.mail.rendering import rendered
from fittrack_adapters.store.notices import MAIL_BOX, BoxedMail
from fittrack_adapters.store.transaction import Transaction
from fittrack_domain.notices.model import Message
from fittrack_domain.shared.errors import NotFound
from fittrack_domain.shared.ids import EventId
from fittrack_domain.shared.paging import Page, Paging
from fittrack_domain.shared.ports import Clock, Store

MAILS_KEPT: Final = 1_000
NEWEST: Final = ("-sent_at", "-id")


@attrs.frozen
class MailNotFound(NotFound):
    """No mail with this id lies in the box, or not any more."""

    mail_id: EventId
    code = "mail_not_found"

    def __str__(self) -> str:
        return f"There is no mail {self.mail_id} in the box. It keeps the newest {MAILS_KEPT:,}."


@attrs.frozen
class BoxMailer:
    """`Mailer` that puts each mail into the box, once, and throws the oldest away when it is full.

    `app_url` is where the client is that enclosed tokens lead to.
    """

    store: Store[Transaction]
    clock: Clock
    app_url: str | None = None

    def send(self, message: Message, message_id: EventId) -> None:
        mail = rendered(message, self.app_url)
        kept = BoxedMail(message_id, message.to, mail.subject, mail.text, mail.html, self.clock.now())
        with self.store.transaction() as tx:
            box = tx.rows(MAIL_BOX)
            box.add_missing([kept])
            for old in box.where(order=NEWEST, offset=MAILS_KEPT):
                box.remove(id=old.id)


@attrs.frozen
class MailBox:
    """The box, to look into."""

    store: Store[Transaction]

    def page(self, paging: Paging, to: str | None = None) -> Page[BoxedMail]:
        """What was sent, the newest first; to one address if it is given."""
        wanted = {} if to is None else {"recipient": to}
        with self.store.reading() as tx:
            box = tx.rows(MAIL_BOX)
            newest = box.where(order=NEWEST, limit=paging.limit, offset=paging.offset, **wanted)
            return Page(newest, paging, box.total(**wanted))

    def mail(self, mail_id: EventId) -> BoxedMail:
        """Raises `MailNotFound`."""
        with self.store.reading() as tx:
            found = tx.rows(MAIL_BOX).get(mail_id)
        if found is None:
            raise MailNotFound(mail_id)
        return found
