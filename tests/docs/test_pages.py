"""The documentation holds together: links lead somewhere, the index knows every page, every setting is explained."""

import re
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

from fittrack_adapters.settings import PREFIX, Settings

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "CHANGELOG.md"])
LINK = re.compile(r"\]\((?!https?://)(?P<path>[^)#\s]*)(?:#(?P<heading>[^)\s]+))?\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def links(page: Path) -> Iterator[tuple[Path, str | None]]:
    """Where the page's own links lead: a file, and a heading in it."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    for link in LINK.finditer(text):
        yield (page.parent / link["path"]).resolve() if link["path"] else page, link["heading"]


def anchors(page: Path) -> set[str]:
    """The headings as links name them: lower case, without punctuation, with hyphens for blanks."""
    headings = HEADING.findall(page.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    broken = [
        (target, heading)
        for target, heading in links(page)
        if not target.exists() or (heading is not None and heading not in anchors(target))
    ]
    assert [] == broken


def test_the_index_knows_every_page() -> None:
    linked = {target for target, _ in links(DOCS / "index.md")}
    assert [] == [page for page in DOCS.rglob("*.md") if page.name != "index.md" and page not in linked]


def test_every_context_has_its_page() -> None:
    folders = (ROOT / "fittrack_domain").glob("*/__init__.py")
    assert {path.parent.name for path in folders} == {page.stem for page in (DOCS / "contexts").glob("*.md")}


@pytest.mark.parametrize("page", [".env.example", "docs/operations.md"])
def test_every_setting_is_explained_and_no_other(page: str) -> None:
    told = set(re.findall(rf"{PREFIX}[A-Z_]+[A-Z]", (ROOT / page).read_text(encoding="utf-8")))
    assert {PREFIX + field.name.upper() for field in attrs.fields(Settings)} == told
