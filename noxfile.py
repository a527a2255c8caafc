"""The project's chores: `nox --list` tells them all, the Makefile names the daily ones.

Every session but `wheel` works in the environment that nox itself runs in (`.venv`, made by the Makefile): filled
once, reused by all, and `.venv/bin/fittrack` is the product one is working on.
"""

import os
import sys
import zipfile
from pathlib import Path

import nox

PACKAGES = ("fittrack_domain", "fittrack_adapters", "fittrack_http", "fittrack_cli")
PINS = ("--constraints", "constraints.txt", "--build-constraints", "constraints.txt")
IMPORTS_OF_THE_DOMAIN = """
import sys
before = set(sys.modules)
import fittrack_domain.app  # everything; the package alone loads its names when they are asked for
loaded = {name.partition(".")[0] for name in set(sys.modules) - before if not name.startswith("_sysconfigdata")}
foreign = loaded - sys.stdlib_module_names - {"attr", "attrs", "fittrack_domain"}
sys.exit(f"fittrack_domain loads {sorted(foreign)}" if foreign else 0)
"""

nox.needs_version = ">=2026.10.20"
nox.options.default_venv_backend = "none"
nox.options.sessions = ["lint", "wheel", "tests"]
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])


def equip(session: nox.Session, *groups: str) -> None:
    """Install the product with every extra, and the given dependency groups, at the pinned versions."""
    chosen = [word for group in groups for word in ("--group", group)]
    session.run(
        *("uv", "pip", "install", "--quiet", "--python", sys.executable, *PINS, "--editable", ".[all]", *chosen),
        silent=False,
    )


@nox.session
def lint(session: nox.Session) -> None:
    """Style, format, types, and the rules of dependency."""
    equip(session, "dev")
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("mypy", "--cache-dir", os.devnull)  # its incremental cache was seen to miss a broken Protocol
    session.run("lint-imports", "--no-cache")


@nox.session
def tests(session: nox.Session) -> None:
    """The whole suite on both cores, with the branches it reaches; arguments go to pytest."""
    equip(session, "dev")
    Path("var").mkdir(exist_ok=True)
    session.run("coverage", "erase")
    session.run("coverage", "run", "-m", "pytest", "--numprocesses", "2", "--dist", "worksteal", *session.posargs)
    session.run("coverage", "combine", "--quiet")
    session.run("coverage", "report", "--include", "fittrack_domain/*", "--fail-under", "100")
    session.run("coverage", "report", "--fail-under", "90")


@nox.session(venv_backend="uv", reuse_venv=False)
def wheel(session: nox.Session) -> None:
    """Build the wheel and try it alone, without extras, in an empty environment."""
    out = session.create_tmp()
    session.run("uv", "build", "--quiet", "--wheel", "--build-constraints", "constraints.txt", "--out-dir", out)
    (built,) = Path(out).glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        missing = _files_of_the_packages() - set(archive.namelist())
    if missing:
        session.error(f"the wheel lacks {sorted(missing)}")
    session.install("--constraints", "constraints.txt", str(built))
    with session.chdir(out):  # away from the tree, so that only what is installed can be imported
        session.run("python", "-c", IMPORTS_OF_THE_DOMAIN)
        session.run("python", "-c", f"import {', '.join(PACKAGES)}")
        session.run("fittrack", "--help", silent=True)


def _files_of_the_packages() -> set[str]:
    files = (path for package in PACKAGES for path in Path(package).rglob("*") if path.is_file())
    return {path.as_posix() for path in files if path.suffix != ".pyc"}


@nox.session
def dev(session: nox.Session) -> None:
    """Everything `fittrack serve` needs: environment, migrated database, demo data."""
    equip(session)
    session.run("fittrack", "db", "migrate")
    session.run("fittrack", "demo", success_codes=[0, 1])  # 1: there are drawings of one's own, which it says


@nox.session
def db_migrate(session: nox.Session) -> None:
    """Bring the database up to date."""
    equip(session)
    session.run("fittrack", "db", "migrate")


@nox.session
def db_seed(session: nox.Session) -> None:
    """Fill the database with demo data; a second time changes nothing."""
    equip(session)
    session.run("fittrack", "db", "seed")


@nox.session
def db_reset(session: nox.Session) -> None:
    """Throw the database away and begin anew; arguments go to the command."""
    equip(session)
    session.run("fittrack", "db", "reset", *session.posargs)


@nox.session(name="format")
def format_(session: nox.Session) -> None:
    """Sort imports and format in place."""
    equip(session, "dev")
    session.run("ruff", "check", "--select", "I", "--fix")
    session.run("ruff", "format")


@nox.session
def bench(session: nox.Session) -> None:
    """The benchmarks, one after another, each figure with its ratio; arguments name the ones to run."""
    equip(session, "dev")
    session.run("python", "-m", "tests.bench", *session.posargs)


@nox.session
def statistics(session: nox.Session) -> None:
    """The statistical battery of the drawing protocol; arguments go to pytest."""
    equip(session, "dev")
    session.run("pytest", "tests/statistics", "--capture=no", "--timeout=0", *session.posargs)


@nox.session
def fuzz(session: nox.Session) -> None:
    """Schemathesis against the live API, on two stores and in two roles; arguments: sqlite, postgres, member, admin."""
    equip(session, "dev")
    session.run("python", "-m", "tests.fuzz", *session.posargs)


@nox.session
def timing(session: nox.Session) -> None:
    """Whether the time of a failed log-in tells known emails from unknown ones; takes minutes. Argument: rounds."""
    equip(session, "dev")
    session.run("python", "-m", "tests.timing", *session.posargs)


@nox.session
def pins(session: nox.Session) -> None:
    """Write constraints.txt anew, with the newest versions that pyproject.toml allows."""
    session.run(
        *("uv", "pip", "compile", "pyproject.toml", "--all-extras", "--group", "dev"),
        *("--universal", "--python-version", "3.11", "--upgrade"),
        *("--custom-compile-command", "nox -s pins", "--quiet", "--output-file", "constraints.txt"),
    )
