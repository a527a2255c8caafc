"""A server to be attacked: the product on a given database, with somebody of each role, and fresh tokens on demand."""

import json
import sys
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import count

from fittrack_adapters.logs import set_up_logs
from fittrack_adapters.settings import Settings
from fittrack_adapters.testing import FakeTerra, PlainHasher, StoppedClock
from fittrack_adapters.testing.builders import a_member, a_token, an_installation, an_open_drawing
from fittrack_adapters.wiring import open_fittrack
from fittrack_domain.app import FitTrack
from fittrack_domain.identity.model import Role
from fittrack_domain.shared.ids import MemberId
from fittrack_domain.shared.money import Usd
from fittrack_domain.sweepstakes.drafts import DrawingDraft, PrizeDraft, SponsorDraft
from fittrack_domain.sweepstakes.model import DrawingType, FulfillmentType
from fittrack_domain.tracking.intake import Delivery
from fittrack_domain.tracking.model import ActivityReport, Intensity, Provider
from fittrack_http.app import make_app, run
from fittrack_http.server import Limits


def main(database_url: str) -> None:
    settings = Settings(database_url=database_url, master_key=bytes(32))
    set_up_logs(settings)
    clock = StoppedClock(datetime.now(UTC) - timedelta(days=5))
    with an_installation(clock, database_url) as past:
        ann, ada = some_days(past.fittrack, clock)
    installation = open_fittrack(settings, durable=False, hasher=PlainHasher(), gateway=FakeTerra())
    fittrack = installation.fittrack
    an_open_drawing(fittrack)
    fittrack.drawings.create(None, DrawingDraft(DrawingType.ANNUAL, "A plan"))
    told = {"member": a_token(fittrack, ann), "admin": a_token(fittrack, ada), "tokens": fresh_tokens(fittrack)}
    app = make_app(installation, limits=Limits(body_seconds=3, head_seconds=3), limited=False)
    run(app, "127.0.0.1", 0, lambda url: print(json.dumps({**told, "url": url}), flush=True))


def some_days(fittrack: FitTrack, clock: StoppedClock) -> tuple[MemberId, MemberId]:
    """A member who walked, was doubted and won every prize of a drawing, and an administrator: of all there is one."""
    ann, ada = a_member(fittrack, "ann", points=1_000_000), a_member(fittrack, "ada")
    fittrack.identity.set_role(None, ada, Role.ADMIN)
    day = clock.now().date()
    tracker = fittrack.tracking.connect(ann, Provider.FITBIT, "1001", day - timedelta(days=3)).id
    reports = [
        ActivityReport.of_steps(day - timedelta(days=1), 12_024),
        ActivityReport.of_minutes(day - timedelta(days=1), Intensity.VIGOROUS, 40),
        ActivityReport.of_steps(day - timedelta(days=2), -1),
    ]
    fittrack.tracking.receive([Delivery(tracker, tuple(reports))])
    sponsor = fittrack.catalogue.add_sponsor(None, SponsorDraft("Acme")).id
    prizes = (
        PrizeDraft(rank=1, name="Watch", value_usd=Usd.of("249.00"), quantity=5, sponsor_id=sponsor),
        PrizeDraft(
            rank=2, name="Card", value_usd=Usd.of("25.00"), quantity=5, fulfillment_type=FulfillmentType.DIGITAL
        ),
    )
    drawing = an_open_drawing(fittrack, name="Drawn", prizes=prizes)
    fittrack.sweepstakes.buy_tickets(ann, drawing.id, 20)
    clock.set(drawing.drawing_time)
    fittrack.draws.execute(drawing.id)
    fittrack.relay.drain()
    return ann, ada


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
