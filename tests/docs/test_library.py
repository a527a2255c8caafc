"""Every example in docs/library.md runs, in order, and prints what the page shows."""

import io
import re
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[2] / "docs" / "library.md"
EXAMPLE = re.compile(r"^```python\n(?P<code>.*?)^```\n(?:\n```text\n(?P<shown>.*?)^```\n)?", re.DOTALL | re.MULTILINE)


def examples() -> Iterator[tuple[Any, str]]:
    """The code of each example, with the page's own line numbers in its tracebacks, and what it is shown to print."""
    page = PAGE.read_text(encoding="utf-8")
    for example in EXAMPLE.finditer(page):
        lines_above = page.count("\n", 0, example.start("code"))
        yield compile("\n" * lines_above + example["code"], str(PAGE), "exec"), example["shown"] or ""


def printed_by(code: Any, names: dict[str, Any]) -> str:
    with redirect_stdout(io.StringIO()) as out:
        exec(code, names)
    return out.getvalue()


def the_suite_of_the_page() -> Any:
    """The last example is a test class: pytest runs it here, as it would in the reader's own tests."""
    *_, (code, _) = examples()
    names: dict[str, Any] = {}
    exec(code, names)
    return names["TestCountedStore"]


TestCountedStore = the_suite_of_the_page()


def test_every_example_prints_what_the_page_shows() -> None:
    names: dict[str, Any] = {}
    assert [shown for _, shown in examples()] == [printed_by(code, names) for code, _ in examples()]


def test_no_example_is_overlooked() -> None:
    assert PAGE.read_text(encoding="utf-8").count("```python") == len(list(examples())) > 5
