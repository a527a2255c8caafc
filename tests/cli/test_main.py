"""What all commands have in common."""

from collections.abc import Iterator
from typing import Any

import pytest
from typer.main import get_command

from fittrack_cli.main import app


def commands(group: Any, *path: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, *path, name)
        else:
            yield (*path, name), command


ALL = list(commands(get_command(app)))


@pytest.mark.parametrize(("path", "command"), ALL, ids=[" ".join(path) for path, _ in ALL])
def test_a_command_says_what_it_does_with_an_example_that_can_be_copied(
    nowhere: Any, path: tuple[str, ...], command: Any
) -> None:
    said = nowhere.text(*path, "--help")
    assert "Example:" in said
    assert f"fittrack {' '.join(path)}" in said
    assert command.help
    # The list of commands shows the first sentence in one line.
    assert not command.get_short_help_str(66).endswith("...")


def test_every_command_that_prints_data_prints_it_as_json() -> None:
    without = {path for path, command in ALL if not any("--json" in option.opts for option in command.params)}
    assert {("serve",), ("db", "reset")} == without


def test_the_version(nowhere: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.metadata.version", lambda name: f"{name} 1.2.3")
    assert "fittrack 1.2.3\n" == nowhere.text("--version")


def test_without_a_command_the_help_is_shown(nowhere: Any) -> None:
    assert "Commands:" in nowhere.misuse()


def test_a_bug_keeps_its_traceback(nowhere: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fittrack_adapters.settings.Settings.load", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        nowhere("members", "list")
