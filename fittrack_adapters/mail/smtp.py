"""Mail handed to a mail server (RFC 5321, RFC 6409)."""

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from typing import Final

import attrs
import structlog

from fittrack_adapters.mail.addresses import ADDRESS, Encryption, Sender, SmtpServer
from fittrack_adapters.mail.composing import composed
from fittrack_adapters.mail.rendering import rendered
from fittrack_domain.notices.model import MailRefused, Message
from fittrack_domain.shared.errors import Unavailable
from fittrack_domain.shared.ids import EventId
from fittrack_domain.shared.ports import Clock

ANSWER_SECONDS: Final = 15.0
"""How long to wait for the connection, and for each answer."""

TAKEN_SECONDS: Final = 90.0
"""How long a server may look at a mail before it takes it.

All waits together are shorter than the relay's `HAND_OVER_WITHIN`, after which somebody else would try.
"""

ENHANCED: Final = re.compile(rb"[245]\.\d{1,3}\.\d{1,3}(?= |$)")
"""What a server says more exactly than by its three digits (RFC 3463)."""

Reply = tuple[int, bytes]
"""A server's three digits, and its words."""


@attrs.frozen
class MailServerAway(Unavailable):
    """The mail server cannot be reached, or takes nothing at present."""

    server: str
    reason: str
    code = "mail_server_away"

    def __str__(self) -> str:
        return f"The mail server {self.server} is of no use (FITTRACK_SMTP_URL): {self.reason}"


@attrs.frozen
class SmtpMailer:
    """`Mailer` that hands each mail to a server, over a connection of its own.

    What the server answers is told by its numbers alone: its words may hold somebody's address.

    Attributes:
        app_url: Where the client is that enclosed tokens lead to.
        trusted: Which certificates to believe; those of the machine by default.
    """

    server: SmtpServer
    sender: Sender
    clock: Clock
    app_url: str | None = None
    trusted: ssl.SSLContext | None = None
    answer_seconds: float = ANSWER_SECONDS
    taken_seconds: float = TAKEN_SECONDS

    def send(self, message: Message, message_id: EventId) -> None:
        """Hands over a mail. The same id again sends the same mail again, with the same Message-ID.

        Raises: `MailRefused`, `MailServerAway`.
        """
        try:
            self._send(message, message_id)
        except (MailRefused, MailServerAway) as error:
            structlog.get_logger("fittrack.mail").warning("mail not sent", mail=str(message_id), reason=str(error))
            raise

    def _send(self, message: Message, message_id: EventId) -> None:
        if not ADDRESS.fullmatch(message.to):
            raise MailRefused("it has no address that could be written to")
        mail = rendered(message, self.app_url)
        raw = composed(mail, self.sender, message.to, message.name, message_id, self.clock.now())
        with self._conversation() as smtp:
            _require(smtp.mail(self.sender.address))
            _require_of_this_mail(smtp.rcpt(message.to))
            line = smtp.sock
            assert line is not None, "the server just answered"
            line.settimeout(self.taken_seconds)
            _require_of_this_mail(smtp.data(raw))
            line.settimeout(self.answer_seconds)

    def check(self) -> str:
        """Connects, encrypts and logs in, as before a mail. Answers what there is; raises `MailServerAway`."""
        with self._conversation() as smtp:
            _require(smtp.noop())
            encrypted = smtp.sock.version() if isinstance(smtp.sock, ssl.SSLSocket) else "not encrypted"
        return f"{self.server} answers, {encrypted}, {'no log-in' if self.server.user is None else 'logged in'}"

    @contextmanager
    def _conversation(self) -> Iterator[smtplib.SMTP]:
        """A line over which mail may be sent. Whatever goes wrong on it is a `MailServerAway`."""
        try:
            smtp = self._connected()
            try:
                if self.server.encryption is Encryption.STARTTLS:
                    smtp.starttls(context=self._tls)
                if self.server.user is not None and self.server.password is not None:
                    smtp.login(self.server.user, self.server.password)
                smtp.ehlo_or_helo_if_needed()
                yield smtp
            finally:
                with suppress(OSError):  # a mail that was taken is taken, however the server says goodbye
                    smtp.quit()
                smtp.close()
        except smtplib.SMTPResponseException as error:
            raise MailServerAway(
                str(self.server), f"it answers {_numbers(error.smtp_code, error.smtp_error)}"
            ) from None
        except OSError as error:  # of the network, of TLS, and all other errors of smtplib
            raise MailServerAway(str(self.server), error.strerror or str(error) or type(error).__name__) from None

    def _connected(self) -> smtplib.SMTP:
        who = (self.server.host, self.server.port, self.sender.domain)
        if self.server.encryption is Encryption.FROM_THE_START:
            return smtplib.SMTP_SSL(*who, timeout=self.answer_seconds, context=self._tls)
        return smtplib.SMTP(*who, timeout=self.answer_seconds)

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return self.trusted or ssl.create_default_context()


def _require(reply: Reply) -> None:
    """Raises what becomes `MailServerAway` for any answer but a yes."""
    code, words = reply
    if code // 100 != 2:  # noqa: PLR2004  # done, as RFC 5321 has it
        raise smtplib.SMTPResponseException(code, words)


def _require_of_this_mail(reply: Reply) -> None:
    """As `_require`; but a permanent no is about this mail, and raises `MailRefused`."""
    code, words = reply
    if code // 100 == 5:  # noqa: PLR2004  # permanent, as RFC 5321 has it
        raise MailRefused(f"the mail server answers {_numbers(code, words)}")
    _require(reply)


def _numbers(code: int, words: bytes | str) -> str:
    found = ENHANCED.match(words.encode(errors="replace") if isinstance(words, str) else words)
    return f"{code} {found[0].decode()}" if found else str(code)
