"""A mailer for machines without one: keeps every mail in the store, for whoever develops or demonstrates."""

import attrs

from fittrack_adapters.store.notices import MAIL_BOX, BoxedMail
from fittrack_adapters.store.transaction import Transaction
from fittrack_domain.notices.model import Message
from fittrack_domain.shared.ids import EventId
from fittrack_domain.shared.paging import Page, Paging
from fittrack_domain.shared.ports import Clock, Store


@attrs.frozen
class BoxMailer:
    """`Mailer` that puts each message into the box, once."""

    store: Store[Transaction]
    clock: Clock

    def send(self, message: Message, message_id: EventId) -> None:
        with self.store.transaction() as tx:
            box = tx.rows(MAIL_BOX)
            if box.get(message_id) is None:
                box.add(BoxedMail(message_id, message.to, message.subject, _text(message), self.clock.now()))

    def page(self, paging: Paging) -> Page[BoxedMail]:
        """What was sent, the newest first."""
        with self.store.reading() as tx:
            box = tx.rows(MAIL_BOX)
            newest = box.where(order=("-sent_at", "-id"), limit=paging.limit, offset=paging.offset)
            return Page(newest, paging, box.total())


def _text(message: Message) -> str:
    parts = [
        "Hello," if message.name is None else f"Hello {message.name},",
        message.body,
        *([] if message.enclosed is None else [message.enclosed.token]),
        "FitTrack",
        *(["You find this message also under your notifications in the app."] if message.in_app else []),
    ]
    return "\n\n".join(parts) + "\n"
