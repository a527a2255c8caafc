"""What keeps mail and what sends it keep the same promises."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from uuid import UUID

import pytest

from fittrack_adapters.mail.addresses import Sender, SmtpServer
from fittrack_adapters.mail.box import BoxMailer, MailBox
from fittrack_adapters.mail.smtp import SmtpMailer
from fittrack_adapters.testing import StoppedClock
from fittrack_adapters.testing.builders import an_installation
from fittrack_adapters.testing.mail_contract import MailerContract, Received
from fittrack_domain.shared.paging import Paging
from tests.mail_server import Certificate, MailServer
from tests.stores import AnyStore


class TestBox(MailerContract):
    @pytest.fixture(params=["memory", "sqlite", "postgres", "double"])
    def store(self, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[AnyStore]:
        urls = {"memory": "memory://", "sqlite": f"sqlite:///{tmp_path}/box.db"}
        url = urls.get(request.param) or request.getfixturevalue(f"{request.param}_url")
        with an_installation(StoppedClock(), url) as installation:
            yield installation.store

    @pytest.fixture
    def mailer(self, store: AnyStore) -> BoxMailer:
        return BoxMailer(store, StoppedClock())

    @pytest.fixture
    def received(self, store: AnyStore) -> Callable[[], Sequence[Received]]:
        def look() -> Sequence[Received]:
            mails = MailBox(store).page(Paging(limit=100)).items
            return [Received(mail.id, mail.recipient, mail.subject, mail.body, str(mail.html)) for mail in mails]

        return look


class TestSmtp(MailerContract):
    @pytest.fixture(params=["starttls", "implicit", "none"])
    def server(self, request: pytest.FixtureRequest, new_mail_server: Callable[..., MailServer]) -> MailServer:
        return new_mail_server(tls=request.param, auth=True)

    @pytest.fixture
    def mailer(self, server: MailServer, certificate: Certificate) -> SmtpMailer:
        sender = Sender.of("FitTrack <no-reply@fittrack.test>")
        return SmtpMailer(SmtpServer.of(server.url), sender, StoppedClock(), trusted=certificate.believed())

    @pytest.fixture
    def received(self, server: MailServer) -> Callable[[], Sequence[Received]]:
        def look() -> Sequence[Received]:
            return [
                Received(
                    UUID(taken.mail["Message-ID"].strip("<>").partition("@")[0]),
                    taken.mail["To"].addresses[0].addr_spec,
                    taken.mail["Subject"],
                    taken.body("plain"),
                    taken.body("html"),
                )
                for taken in server.taken
            ]

        return look
