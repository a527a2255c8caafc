"""The tester's page in a real browser: what a tester does, with mouse and keyboard, on a desk and on a phone."""

import re
from collections.abc import Iterator
from pathlib import Path

import attrs
import httpx
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Locator, Page, Request, Route, expect

from fittrack_adapters.demo import PASSWORD
from fittrack_adapters.settings import Environment, Settings
from fittrack_adapters.store.migrate import migrate
from fittrack_adapters.store.sqlite import SqliteStore
from fittrack_adapters.wiring import open_fittrack
from fittrack_http.app import ROUTES, make_app
from tests.http.live import Server, running_app

SCREENSHOTS = Path("var/screenshots")
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A development server over an empty file, which is filled with the demo through the page."""
    settings = Settings(database_url=f"sqlite:///{tmp_path_factory.mktemp('devtools') / 'fittrack.db'}")
    installation = open_fittrack(settings, durable=False)
    assert isinstance(installation.store, SqliteStore)
    migrate(installation.store)
    with running_app(make_app(installation, limited=False)) as found:
        yield found


@attrs.frozen
class Somebody:
    """At the page. Whatever the page complains of fails the test."""

    page: Page
    complaints: list[str]

    def open(self, url: str) -> "Somebody":
        self.page.goto(f"{url}/devtools")
        expect(self.page.get_by_role("tab").first).to_be_visible()
        return self

    def tab(self, name: str) -> None:
        self.page.get_by_role("tab", name=name, exact=True).click()

    def log_in(self, email: str) -> None:
        self.page.locator("#session > summary").click()
        self.page.get_by_label("Email").first.fill(email)
        self.page.get_by_label("Password").first.fill(PASSWORD)
        self.page.get_by_role("button", name="Log in", exact=True).click()
        expect(self.page.locator("#who")).to_contain_text(email)

    def card(self, operation: str) -> Locator:
        """The card of an operation, opened."""
        card = self.page.locator(f"#{operation}")
        if card.get_attribute("open") is None:
            card.locator("summary").first.click()
        return card

    def send(self, operation: str) -> Locator:
        """Sends what the card's form says, and gives the status line of the answer."""
        card = self.card(operation)
        card.get_by_role("button", name="Send").click()
        return card.locator(".answer .status")

    def picture(self, name: str) -> None:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"devtools-{name}.png")


@pytest.fixture
def tester(browser: Browser) -> Iterator[Somebody]:
    context = browser.new_context(viewport=DESK)  # type: ignore[arg-type]  # a size
    page, complaints = context.new_page(), list[str]()

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error" and "status of 4" not in message.text:  # refusals are answers, too
            complaints.append(message.text)

    def look(request: Request) -> None:
        if not re.match(r"(http://127\.0\.0\.1:\d+/|data:)", request.url):
            complaints.append(f"asks {request.url}")

    page.on("console", hear)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", look)
    yield Somebody(page, complaints)
    context.close()
    assert [] == complaints


@pytest.fixture(scope="module")
def demo(server: Server, browser: Browser) -> Server:
    """The server, filled by a press on the page's button."""
    page = browser.new_page()
    page.goto(f"{server.url}/devtools")
    page.locator("#data > summary").click()
    page.get_by_role("button", name="Fill with the demo").click()
    expect(page.locator("#data-status")).to_contain_text("The demo is there", timeout=90_000)
    page.close()
    return server


def test_there_is_no_such_page_in_production(tmp_path: Path) -> None:
    settings = Settings(environment=Environment.PRODUCTION, database_url="memory://", master_key=bytes(32))
    with running_app(make_app(open_fittrack(settings))) as server:
        for path in ("/devtools", "/devtools/main.js", "/devtools/surroundings", "/devtools/mail"):
            assert 404 == httpx.get(f"{server.url}{path}").status_code
        assert 404 == httpx.post(f"{server.url}/devtools/reset", json={"confirm": True}).status_code


def test_the_page_is_not_in_the_reference_and_pages_elsewhere_cannot_empty_the_database(demo: Server) -> None:
    assert not any("devtools" in path for path in httpx.get(f"{demo.url}/docs/openapi.json").json()["paths"])
    plain = httpx.post(
        f"{demo.url}/devtools/reset", content=b'{"confirm":true}', headers={"content-type": "text/plain"}
    )
    assert 415 == plain.status_code  # what a form of another origin could send
    assert 400 == httpx.post(f"{demo.url}/devtools/reset").status_code


def test_nothing_can_be_pressed_before_the_page_listens(demo: Server, tester: Somebody) -> None:
    held = list[Route]()

    def hold(route: Route) -> None:
        held.append(route)

    tester.page.route("**/devtools/surroundings", hold)
    tester.open(demo.url)
    for details, button in (("#session", "Log in"), ("#data", "Fill with the demo")):
        tester.page.locator(f"{details} > summary").click()
        expect(tester.page.get_by_role("button", name=button, exact=True)).to_be_disabled()
    held.pop().continue_()
    for button in ("Log in", "Fill with the demo"):
        expect(tester.page.get_by_role("button", name=button, exact=True)).to_be_enabled()


def test_every_entity_has_a_tab_and_every_operation_a_card(demo: Server, tester: Somebody) -> None:
    tester.open(demo.url)
    tags = dict.fromkeys(route.tag for route in ROUTES)
    shown = tester.page.get_by_role("tab").all_text_contents()
    assert {*tags, "Sent mail"} <= set(shown)
    for tag in tags:
        tester.tab(tag)
        cards = tester.page.locator(".card")
        assert sum(route.tag == tag for route in ROUTES) <= cards.count()
    expect(tester.page.locator("#environment")).to_contain_text("development")
    tester.picture("tabs")


def test_a_list_is_filtered_and_turned_page_by_page(demo: Server, tester: Somebody) -> None:
    tester.open(demo.url).log_in("member@demo.example")
    tester.tab("Sweepstakes")
    card = tester.page.locator("#drawings")
    expect(card.locator("tbody tr").first).to_be_visible()  # shown without a press
    card.get_by_label("limit").fill("4")
    expect(tester.send("drawings")).to_contain_text("200")
    expect(card.locator("tbody tr")).to_have_count(4)
    first = card.locator("tbody tr").first.inner_text()
    card.get_by_role("button", name="Next").click()
    expect(card.get_by_text("page 2 of")).to_be_visible()
    assert first != card.locator("tbody tr").first.inner_text()
    card.get_by_label("page", exact=True).fill("1")
    card.get_by_label("status").select_option("completed")
    expect(tester.send("drawings")).to_contain_text("200")
    assert {"completed"} == set(card.locator("tbody tr td:nth-child(5)").all_text_contents())
    tester.picture("list")


def test_tickets_are_bought_by_a_form_and_the_answer_is_shown_in_colours(demo: Server, tester: Somebody) -> None:
    tester.open(demo.url).log_in("member@demo.example")
    tester.tab("Sweepstakes")
    card = tester.page.locator("#drawings")
    card.get_by_label("status").select_option("open")
    expect(tester.send("drawings")).to_contain_text("200")
    card.locator("tr", has_text="daily").first.locator("button.id").first.click()
    buying = tester.card("buyTickets")
    expect(buying.get_by_label("drawingId")).to_have_value(re.compile("-"))
    buying.get_by_label("quantity").fill("0")
    expect(tester.send("buyTickets")).to_contain_text("400")
    expect(buying.locator(".answer")).to_contain_text("must be at least 1")
    buying.get_by_label("quantity").fill("1")
    expect(tester.send("buyTickets")).to_contain_text("201")
    expect(buying.locator(".json .key").first).to_have_text('"entryId"')
    assert buying.locator(".json .number").count() > 3
    tester.picture("form")


def test_a_body_can_be_written_as_json(demo: Server, tester: Somebody) -> None:
    tester.open(demo.url).log_in("newcomer@demo.example")
    tester.tab("Members")
    card = tester.card("editProfile")
    card.get_by_label("displayName").fill("Robin of Oregon")
    card.get_by_label("write the body as JSON").check()
    written = card.get_by_role("textbox", name="Body as JSON")
    expect(written).to_have_value(re.compile("Robin of Oregon"))
    written.fill('{"displayName": "Robin", "goals": ["flying"]}')
    expect(tester.send("editProfile")).to_contain_text("400")
    for fault in ("/goals/0", "/biologicalSex", "/stateOfResidence"):
        expect(card.locator(".answer")).to_contain_text(fault)


def test_a_mailed_token_is_used_in_the_next_form(demo: Server, tester: Somebody) -> None:
    tester.open(demo.url)
    card = tester.card("register")
    card.get_by_label("email").fill("quinn@example.com")
    card.get_by_label("password").fill("Correct-horse-1")
    card.get_by_label("dateOfBirth").fill("1990-05-17")
    card.get_by_label("stateOfResidence").fill("CA")
    card.get_by_label("acceptedTerms").select_option("true")
    card.get_by_label("acceptedSweepstakesRules").select_option("true")
    expect(tester.send("register")).to_contain_text("201")
    mail = tester.page.locator(".mail", has_text="quinn@example.com")
    for _ in range(60):  # the relay delivers within a second
        tester.tab("Sent mail")
        tester.page.wait_for_timeout(250)
        if mail.count():
            break
    mail.locator("summary").click()
    expect(mail.frame_locator("iframe").get_by_text("enter this token in the app")).to_be_visible()
    tester.picture("mail")
    mail.get_by_role("button", name="Use the token").click()
    tester.tab("Authentication")
    expect(tester.send("verifyEmail")).to_contain_text("200")


def test_the_keyboard_is_enough(demo: Server, tester: Somebody) -> None:
    page = tester.open(demo.url).page
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the operations")).to_be_focused()
    page.get_by_role("tab").first.focus()
    page.keyboard.press("ArrowRight")
    second = page.get_by_role("tab").nth(1)
    expect(second).to_be_focused()
    expect(second).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Home")
    expect(page.get_by_role("tab").first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Tab")  # to the panel's first card
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.locator(".card[open]").count() == 1


@pytest.mark.parametrize("tab", ["Authentication", "Sweepstakes", "Members", "Sent mail"])
def test_nothing_is_wider_than_a_phone(demo: Server, tester: Somebody, tab: str) -> None:
    tester.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    tester.open(demo.url).log_in("member@demo.example")
    tester.tab(tab)
    tester.page.wait_for_timeout(300)
    for card in tester.page.locator(".card > summary").all()[:3]:
        card.click()
    assert PHONE["width"] >= tester.page.evaluate("document.documentElement.scrollWidth")
    tester.picture(f"phone-{tab.lower().replace(' ', '-')}")


def test_the_database_is_emptied_when_it_is_really_meant(demo: Server, tester: Somebody) -> None:
    tester.open(demo.url)
    answers = iter((False, True))

    def answer(dialog: Dialog) -> None:
        assert "Throw away everything" in dialog.message
        dialog.accept() if next(answers) else dialog.dismiss()

    tester.page.on("dialog", answer)
    tester.page.locator("#data > summary").click()
    press = tester.page.get_by_role("button", name="Empty the database")
    press.click()
    assert 3 == len(httpx.get(f"{demo.url}/devtools/surroundings").json()["people"])
    press.click()
    expect(tester.page.locator("#data-status")).to_have_text("The database is empty.", timeout=30_000)
    assert [] == httpx.get(f"{demo.url}/devtools/surroundings").json()["people"]
    tester.page.get_by_role("button", name="Fill with the demo").click()
    expect(tester.page.locator("#data-status")).to_contain_text("The demo is there", timeout=90_000)
