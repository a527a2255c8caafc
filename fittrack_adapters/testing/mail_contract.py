"""The contract of mailers: one suite for whatever carries mail or keeps it."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import attrs
import pytest

from fittrack_domain.access.model import Purpose
from fittrack_domain.notices.model import Enclosure, Message
from fittrack_domain.notices.ports import Mailer
from fittrack_domain.shared.ids import EventId

MESSAGE = Message("ann@example.com", "Ann", "You have won: Running shoes", "Congratulations!\n\nIt is on its way.")


@attrs.frozen
class Received:
    """A mail where it arrived. `id` is that under which it was sent."""

    id: UUID
    to: str
    subject: str
    text: str
    html: str


class MailerContract:
    """The promises of a `Mailer`.

    `mailer`, without the address of a client, and `received`, all that arrived, are fixtures of the subclass.
    """

    @pytest.fixture
    def sent(self, mailer: Mailer, received: Callable[[], Sequence[Received]]) -> Callable[[Message], Received]:
        """Sends a message, and answers what arrived."""

        def send(message: Message) -> Received:
            mail_id = EventId(uuid4())
            mailer.send(message, mail_id)
            [mail] = [mail for mail in received() if mail.id == mail_id]
            return mail

        return send

    def test_a_mail_arrives_with_the_same_words_in_text_and_in_html(self, sent: Callable[[Message], Received]) -> None:
        mail = sent(MESSAGE)
        assert ("ann@example.com", "You have won: Running shoes") == (mail.to, mail.subject)
        assert mail.text.startswith("Hello Ann,\n\nCongratulations!\n\nIt is on its way.\n\nFitTrack\n")
        for words in ("Hello Ann,", "Congratulations!", "It is on its way.", "FitTrack"):
            assert f">{words}<" in mail.html

    @pytest.mark.parametrize(
        "words",
        [
            "Crème brûlée für 漢字, 👩‍👩‍👧 and “quotes”",
            "=?utf-8?q?a=0D=0ABcc:_eve@example.com?=",
            "x" * 190,
            "From here on, it = 100 %.",
            ".. a dot first",
        ],
    )
    def test_words_arrive_as_they_were_written(self, sent: Callable[[Message], Received], words: str) -> None:
        mail = sent(attrs.evolve(MESSAGE, name=words[:50], subject=words, body=f"{words}\n\n.\n{words}\n{words * 5}"))
        assert words == mail.subject
        assert mail.text.startswith(f"Hello {words[:50]},\n\n{words}\n\n.\n{words}\n{words * 5}\n\n")

    def test_html_shows_what_was_written_as_it_is(self, sent: Callable[[Message], Received]) -> None:
        mail = sent(attrs.evolve(MESSAGE, name="<i>Ann</i>", subject="</title><script>", body='<a href="x">&amp;'))
        assert "Hello &lt;i&gt;Ann&lt;/i&gt;," in mail.html
        assert "&lt;a href=&#34;x&#34;&gt;&amp;amp;" in mail.html
        assert "<script" not in mail.html

    def test_line_breaks_in_names_and_subjects_put_nothing_into_the_mail(
        self, sent: Callable[[Message], Received]
    ) -> None:
        evil = "Ann\r\nBcc: eve@example.com\r\n\r\nI am the body\u2028\x00\x85now"
        mail = sent(attrs.evolve(MESSAGE, name=evil, subject=evil))
        assert "ann@example.com" == mail.to
        assert "Ann Bcc: eve@example.com I am the body now" == mail.subject
        assert mail.text.startswith("Hello Ann Bcc: eve@example.com I am the body now,\n\n")

    def test_a_mail_without_a_name_greets_all_the_same(self, sent: Callable[[Message], Received]) -> None:
        assert sent(attrs.evolve(MESSAGE, name=None)).text.startswith("Hello,\n\n")

    @pytest.mark.parametrize("purpose", Purpose)
    def test_what_is_enclosed_comes_along(self, sent: Callable[[Message], Received], purpose: Purpose) -> None:
        mail = sent(attrs.evolve(MESSAGE, enclosed=Enclosure(purpose, "tok-en_1")))
        assert "enter this token in the app:\n\ntok-en_1\n\n" in mail.text
        assert ">tok-en_1<" in mail.html

    def test_the_same_id_again_is_the_same_mail(
        self, mailer: Mailer, received: Callable[[], Sequence[Received]]
    ) -> None:
        mail_id = EventId(uuid4())
        for _ in range(2):
            mailer.send(MESSAGE, mail_id)
        arrived = [mail for mail in received() if mail.id == mail_id]
        assert arrived[:1] * len(arrived) == arrived != []

    def test_many_at_once_all_arrive(self, mailer: Mailer, received: Callable[[], Sequence[Received]]) -> None:
        ids = [EventId(uuid4()) for _ in range(16)]
        with ThreadPoolExecutor(8) as senders:
            list(senders.map(lambda mail_id: mailer.send(MESSAGE, mail_id), ids))
        assert {*ids} == {mail.id for mail in received()}
