"""`fittrack keys`: the keys that sign access tokens."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fittrack_cli.installation import opened
from fittrack_cli.moments import shown
from fittrack_cli.output import AsJson, example, print_facts, print_json, print_table
from fittrack_cli.people import As, actor_id

if TYPE_CHECKING:
    from fittrack_adapters.security.keys import SigningKey

app = typer.Typer(no_args_is_help=True, help="The keys that sign access tokens.")


@app.command("list", epilog=example("fittrack keys list"))
def list_(as_json: AsJson = False) -> None:
    """List the keys, the newest first. The private halves lie sealed in the database and are never shown."""
    with opened() as installation:
        keys = installation.keys.all()
    if as_json:
        print_json([_shape(key) for key in keys])
    else:
        rows = [(key.kid, _state(key), shown(key.made_at), shown(key.retired_at)) for key in keys]
        print_table(["key", "state", "made", "retired"], rows, empty="There is no key yet. Run: fittrack keys generate")


@app.command(epilog=example("fittrack keys generate"))
def generate(actor: As = None, as_json: AsJson = False) -> None:
    """Make the first key. Where there is one already, nothing is changed.

    In production nobody can log in before this was done once. In development the server does it by itself.
    """
    with opened() as installation:
        key = installation.keys.generate(actor_id(installation.fittrack, actor))
    _print(key, as_json=as_json)


@app.command(epilog=example("fittrack keys rotate"))
def rotate(actor: As = None, as_json: AsJson = False) -> None:
    """Make a key that signs from now on.

    Nobody is logged out: tokens of the key before stay good for their hour. Rotate every few months.
    """
    with opened() as installation:
        key = installation.keys.rotate(actor_id(installation.fittrack, actor))
    _print(key, as_json=as_json)


@app.command(epilog=example("fittrack keys revoke 3f9a1c0de4b72a58"))
def revoke(
    kid: Annotated[str, typer.Argument(metavar="KEY", help="As `fittrack keys list` shows it.", show_default=False)],
    actor: As = None,
    as_json: AsJson = False,
) -> None:
    """Let nothing be good any more that a key signed.

    For a key that may have been stolen. Members' devices get new access tokens with their refresh tokens. Servers
    notice within a minute. If it was the key that signs, run `fittrack keys generate` next.
    """
    with opened() as installation:
        installation.keys.revoke(actor_id(installation.fittrack, actor), kid)
    if as_json:
        print_json({"kid": kid, "state": "revoked"})
    else:
        typer.echo(f"Key {kid} is revoked.")


def _state(key: "SigningKey") -> str:
    if key.retired_at is None:
        return "signs"
    return "verifies" if key.verifies(datetime.now(UTC)) else "retired"


def _shape(key: "SigningKey") -> dict[str, Any]:
    return {"kid": key.kid, "state": _state(key), "madeAt": key.made_at, "retiredAt": key.retired_at}


def _print(key: "SigningKey", *, as_json: bool) -> None:
    if as_json:
        print_json(_shape(key))
    else:
        print_facts({"Key": key.kid, "State": _state(key), "Made": shown(key.made_at)})
