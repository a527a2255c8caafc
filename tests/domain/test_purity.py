"""What importing the domain costs, and what it gives."""

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import fittrack_domain

EVERYTHING = f"import fittrack_domain\nfor name in {dir(fittrack_domain)}: getattr(fittrack_domain, name)"
TELL = "\nimport sys\nprint(*sys.modules)"


def modules_after(statements: str) -> set[str]:
    """Every module in a fresh interpreter that has run these statements."""
    command = [sys.executable, "-c", statements + TELL]
    return set(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split())


def packages(modules: set[str]) -> set[str]:
    """The outermost packages, without the standard library's (which reads how Python was built from a module, too)."""
    outermost = {name.partition(".")[0] for name in modules}
    return {name for name in outermost - sys.stdlib_module_names if not name.startswith("_sysconfigdata")}


@pytest.mark.parametrize("statements", ["import fittrack_domain", EVERYTHING, "import fittrack_domain.app"])
def test_importing_the_domain_loads_the_standard_library_and_attrs_only(statements: str) -> None:
    brought = packages(modules_after(statements)) - packages(modules_after(""))
    assert {"fittrack_domain"} <= brought <= {"fittrack_domain", "attr", "attrs"}


def test_who_needs_one_rule_does_not_load_the_others() -> None:
    loaded = modules_after("from fittrack_domain import score_day")
    assert "fittrack_domain.points.rates" in loaded
    assert "fittrack_domain.app" not in loaded


def test_type_checkers_see_the_names_that_are_there() -> None:
    tree = ast.parse(Path(fittrack_domain.__file__).read_text(encoding="utf-8"))
    [block] = [node for node in tree.body if isinstance(node, ast.If)]
    imports = [node for node in block.body if isinstance(node, ast.ImportFrom)]
    assert dir(fittrack_domain) == sorted(alias.name for node in imports for alias in node.names)
    for node in imports:
        home = import_module(node.module or "")
        for alias in node.names:
            assert getattr(home, alias.name) is getattr(fittrack_domain, alias.name)


def test_a_name_that_is_not_there_is_missed_as_in_any_module() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Lottery'"):
        _ = fittrack_domain.Lottery
