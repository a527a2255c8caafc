"""A server to be attacked: the product on a given database, with somebody of each role, and fresh tokens on demand."""

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import count

from fittrack_adapters.logs import set_up_logs
from fittrack_adapters.settings import Settings
from fittrack_adapters.store.memory import MemoryStore
from fittrack_adapters.store.migrate import migrate
from fittrack_adapters.testing import FakeTerra, PlainHasher
from fittrack_adapters.testing.builders import a_member, a_token, an_open_drawing
from fittrack_adapters.wiring import open_fittrack
from fittrack_domain.app import FitTrack
from fittrack_domain.identity.model import Role
from fittrack_http.app import make_app, run
from fittrack_http.server import Limits


def main(database_url: str) -> None:
    settings = Settings(database_url=database_url, master_key=bytes(32))
    set_up_logs(settings)
    installation = open_fittrack(settings, durable=False, hasher=PlainHasher(), gateway=FakeTerra())
    if not isinstance(installation.store, MemoryStore):
        migrate(installation.store)
    fittrack = installation.fittrack
    an_open_drawing(fittrack)
    ann, ada = a_member(fittrack, "ann", points=1_000_000), a_member(fittrack, "ada")
    fittrack.identity.set_role(None, ada, Role.ADMIN)
    told = {"member": a_token(fittrack, ann), "admin": a_token(fittrack, ada), "tokens": fresh_tokens(fittrack)}
    app = make_app(installation, limits=Limits(body_seconds=3, head_seconds=3), limited=False)
    run(app, "127.0.0.1", 0, lambda url: print(json.dumps({**told, "url": url}), flush=True))


def fresh_tokens(fittrack: FitTrack) -> str:
    """The address at which every GET answers the token of a new member."""
    numbers, guard = count(1), threading.Lock()

    class Desk(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the library's name
            with guard:
                token = a_token(fittrack, a_member(fittrack, f"guest{next(numbers)}"))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(token.encode())

        def log_message(self, *_: object) -> None:  # silent
            pass

    desk = HTTPServer(("127.0.0.1", 0), Desk)
    threading.Thread(target=desk.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{desk.server_port}/"


if __name__ == "__main__":
    main(sys.argv[1])
