"""Mail servers in the test process: a real one that can be told how to answer, and bad ones."""

import asyncio
import email
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from functools import cached_property
from pathlib import Path
from typing import Any

import attrs
from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "fittrack", "p@ss word/1"


@attrs.frozen
class Certificate:
    """A self-made certificate for this machine's loopback address."""

    path: Path

    @classmethod
    def made(cls, folder: Path) -> "Certificate":
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.test")])
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(hours=1))
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
            .sign(key, hashes.SHA256())
        )
        path = folder / "mail.pem"
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        return cls(path)

    def shown(self) -> ssl.SSLContext:
        """For the server."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.path)
        return context

    def believed(self) -> ssl.SSLContext:
        """For a client that believes it, and no other."""
        return ssl.create_default_context(cafile=self.path)


@attrs.frozen
class Taken:
    """A mail that arrived: from whom and for whom by the commands, and as it was sent."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes

    @cached_property
    def mail(self) -> EmailMessage:
        mail = email.message_from_bytes(self.raw, policy=default)
        assert isinstance(mail, EmailMessage)
        return mail

    def body(self, kind: str) -> str:
        """The part in `plain` or `html`."""
        part = self.mail.get_body((kind,))
        assert part is not None
        return str(part.get_content()).replace("\r\n", "\n")


class MailServer:
    """A mail server. `answers` are given in place of its own, by command: `{"RCPT": "550 5.1.1 no such user"}`."""

    def __init__(self, certificate: Certificate, *, tls: str = "starttls", auth: bool = False) -> None:
        self.taken: list[Taken] = []
        self.answers: dict[str, str] = {}
        self.drops_after_data = 0
        """So many mails are taken, and then the line breaks before the server says so."""
        self.log_ins: list[str] = []
        self._certificate = certificate
        self._tls = tls
        self._auth = auth
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._over = asyncio.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(),))
        self._thread.start()
        assert self._ready.wait(10)

    @property
    def url(self) -> str:
        """For FITTRACK_SMTP_URL; encrypted as the server offers it, with a log-in if it asks for one."""
        who = "fittrack:p%40ss%20word%2F1@" if self._auth else ""
        scheme = "smtps" if self._tls == "implicit" else "smtp"
        asked = {"starttls": "?starttls=required", "none": "?starttls=off", "implicit": ""}[self._tls]
        return f"{scheme}://{who}127.0.0.1:{self.port}{asked}"

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()
        self._loop.close()

    async def _serve(self) -> None:
        shown = self._certificate.shown()
        server = await self._loop.create_server(
            lambda: SMTP(
                _Handler(self),
                hostname="mail.test",
                loop=self._loop,
                tls_context=shown if self._tls == "starttls" else None,
                require_starttls=self._tls == "starttls",
                auth_require_tls=self._tls == "starttls",
                authenticator=self._log_in,
            ),
            "127.0.0.1",
            0,
            ssl=shown if self._tls == "implicit" else None,
        )
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._over.wait()
        server.close()
        if left := asyncio.all_tasks() - {asyncio.current_task()}:
            for task in left:
                task.cancel()
            await asyncio.wait(left, timeout=5)

    def _log_in(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        self.log_ins.append(data.login.decode())
        is_right = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=is_right, handled=False)  # the answer is the server's to give


class _Handler:
    """What aiosmtpd asks about each command."""

    def __init__(self, server: MailServer) -> None:
        self._server = server

    async def handle_MAIL(self, server: Any, _session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        if self._server._auth and not server.session.authenticated:
            return "530 5.7.0 Authentication required"
        if "MAIL" in self._server.answers:
            return self._server.answers["MAIL"]
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]) -> str:  # noqa: N802
        if "RCPT" in self._server.answers:
            return self._server.answers["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if "DATA" in self._server.answers:
            return self._server.answers["DATA"]
        raw = bytes(envelope.original_content)
        self._server.taken.append(Taken(envelope.mail_from, tuple(envelope.rcpt_tos), raw))
        if self._server.drops_after_data:
            self._server.drops_after_data -= 1
            server.transport.abort()
        return "250 2.0.0 OK"


@contextmanager
def scripted(*answers: bytes) -> Iterator[int]:
    """A server that says these things, one to each line it is sent, and then nothing more. Gives its port."""
    over = threading.Event()

    def serve(listening: socket.socket) -> None:
        with suppress(OSError), listening.accept()[0] as line:
            for answer in answers:
                line.sendall(answer)
                line.recv(4096)
            over.wait(20)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve, args=(listening,))
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            over.set()
            with suppress(OSError), socket.create_connection(listening.getsockname()):
                pass
            thread.join()


def settings_for(server: MailServer) -> Mapping[str, str]:
    """The environment of an installation that sends through it."""
    return {"FITTRACK_SMTP_URL": server.url, "FITTRACK_MAIL_FROM": "FitTrack <no-reply@fittrack.test>"}
