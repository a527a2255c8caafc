"""A rendered mail in the form in which servers exchange it (RFC 5322): headers, and the body in text and HTML.

Headers are encoded by `email.header`, not by the newer `email.policy`, which takes `=?utf-8?…?=` in a subject for code
and writes out what it stands for: line breaks, and with them headers of somebody else's. In Python 3.11 it also loses
blanks where it folds.
"""

import re
from datetime import datetime
from email.charset import QP, Charset
from email.header import Header
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime
from typing import Final

from fittrack_adapters.mail.addresses import Sender
from fittrack_adapters.mail.rendering import RenderedMail, one_line
from fittrack_domain.shared.ids import EventId

PLAIN_NAME: Final = re.compile(r"[A-Za-z0-9 ]*")
PLAIN_SUBJECT: Final = re.compile(r"(?!.*=\?)[ -~]{0,65}")
"""What stands on one line as it is. The rest is encoded, and can be folded at any letter then."""

FORMAT: Final = compat32.clone(linesep="\r\n")


def composed(mail: RenderedMail, sender: Sender, to: str, name: str | None, mail_id: EventId, now: datetime) -> bytes:
    """The mail, in ASCII only. Its Message-ID follows from `mail_id`, so that receivers notice repetitions."""
    message = MIMEMultipart("alternative", policy=FORMAT)
    message["From"] = _mailbox("From", sender.name, sender.address)
    message["To"] = _mailbox("To", name, to)
    message["Subject"] = _subject(mail.subject)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{mail_id}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    for subtype, body in (("plain", mail.text), ("html", mail.html)):
        message.attach(MIMEText(body, subtype, _quoted_printable()))  # type: ignore[arg-type]  # a Charset is fine
    return message.as_bytes()


def _mailbox(header: str, name: str | None, address: str) -> str:
    """A name, in letters and digits or encoded, and the address behind it."""
    name = one_line(name or "")
    mailbox = Header(header_name=header)
    if name:
        mailbox.append(name, "us-ascii" if PLAIN_NAME.fullmatch(name) else "utf-8")
    mailbox.append(f"<{address}>" if name else address, "us-ascii")
    return mailbox.encode()


def _subject(text: str) -> str:
    charset = "us-ascii" if PLAIN_SUBJECT.fullmatch(text) else "utf-8"
    return Header(text, charset, header_name="Subject").encode()


def _quoted_printable() -> Charset:
    charset = Charset("utf-8")
    charset.body_encoding = QP
    return charset
