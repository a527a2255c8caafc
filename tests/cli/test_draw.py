"""`fittrack draw`, which needs no database."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fittrack_cli import draw

VECTORS = Path(__file__).parents[1] / "domain" / "sweepstakes" / "draw" / "vectors"


def vector(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((VECTORS / f"{name}.json").read_text())
    return found


def bundle_of(case: dict[str, Any]) -> dict[str, Any]:
    expected = case["expected"]
    return {"terms": case["input"]["terms"], **{name: expected[name] for name in ("closing", "result", "proofs")}}


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    path = tmp_path / "bundle.json"
    path.write_text(json.dumps(bundle_of(vector("single-ticket"))))
    return path


def changed(path: Path, *, result: dict[str, Any]) -> None:
    bundle = json.loads(path.read_text())
    path.write_text(json.dumps({**bundle, "result": {**bundle["result"], **result}}))


@pytest.mark.parametrize("name", ["single-ticket", "ten-tickets-three-prizes", "one-prize-per-member"])
def test_a_vector_is_replayed(nowhere: Any, tmp_path: Path, name: str) -> None:
    case = vector(name)
    path = tmp_path / "case.json"
    path.write_text(json.dumps(case["input"]))

    printed = json.loads(nowhere.text("draw", "replay", path))

    shown = case["expected"].pop("entries")
    assert all(entry in printed.pop("entries") for entry in [shown[0]])
    assert case["expected"] == printed


def test_a_case_comes_from_stdin_too(nowhere: Any) -> None:
    result = nowhere("draw", "replay", "-", typed=json.dumps(vector("single-ticket")["input"]))
    assert 0 == result.exit_code
    assert vector("single-ticket")["expected"] == json.loads(result.stdout)


def test_a_case_of_another_form_is_wrong_input(nowhere: Any, bundle: Path) -> None:
    assert "without the member seed" in nowhere.misuse("draw", "replay", bundle)


def test_a_case_that_makes_no_valid_drawing_fails(nowhere: Any, tmp_path: Path) -> None:
    case = vector("single-ticket")["input"]
    path = tmp_path / "case.json"
    path.write_text(json.dumps({**case, "seed": "00" * 32}))
    assert "no valid drawing" in nowhere.refusal("draw", "replay", path)


def test_a_valid_drawing_is_told_with_its_warnings(nowhere: Any, bundle: Path) -> None:
    result = nowhere("draw", "verify", bundle)
    assert 0 == result.exit_code
    assert "valid" in result.stdout
    assert "no_beacon" in result.stderr


def test_a_valid_drawing_as_json(nowhere: Any, bundle: Path) -> None:
    case = vector("single-ticket")
    assert {
        "valid": True,
        "drawingId": case["input"]["terms"]["drawing_id"],
        "status": "drawn",
        "resultHash": case["expected"]["result_hash"],
        "draws": case["expected"]["result"]["draws"],
        "warnings": ["no_beacon"],
    } == nowhere.json("draw", "verify", bundle)


def test_the_signature_of_a_genuine_beacon_is_checked(nowhere: Any, tmp_path: Path) -> None:
    path = tmp_path / "bundle.json"
    path.write_text(json.dumps(bundle_of(vector("ten-tickets-three-prizes"))))
    assert [] == nowhere.json("draw", "verify", path)["warnings"]

    changed(path, result={"beacon_signature": "80" + "00" * 47})
    assert "Step 7" in nowhere.refusal("draw", "verify", path)


def test_without_the_extra_the_signature_is_not_checked_and_a_warning_says_so(
    nowhere: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "bundle.json"
    path.write_text(json.dumps(bundle_of(vector("ten-tickets-three-prizes"))))
    monkeypatch.setitem(sys.modules, "fittrack_adapters.beacon.bls", None)
    assert None is draw.signature_check()
    assert ["beacon_not_verified"] == nowhere.json("draw", "verify", path)["warnings"]


def test_a_changed_drawing_is_not_valid_and_the_reason_is_told(nowhere: Any, bundle: Path) -> None:
    changed(bundle, result={"unawarded": 1})
    assert "NOT valid. Step 9: the number of prizes not awarded is wrong" in nowhere.refusal("draw", "verify", bundle)

    result = nowhere("draw", "verify", bundle, "--json")
    assert 1 == result.exit_code
    assert {
        "valid": False,
        "step": 9,
        "reason": "the number of prizes not awarded is wrong",
    } == json.loads(result.stdout)


@pytest.mark.parametrize("cut", [0, 1, 200, -1])
def test_a_truncated_bundle_is_not_valid(nowhere: Any, bundle: Path, cut: int) -> None:
    bundle.write_bytes(bundle.read_bytes()[:cut])
    assert "not JSON" in nowhere.refusal("draw", "verify", bundle)

    result = nowhere("draw", "verify", bundle, "--json")
    assert 1 == result.exit_code
    assert json.loads(result.stdout)["step"] is None


@pytest.mark.parametrize("words", [(), ("/no/such/file",), (".",)])
def test_a_bundle_that_cannot_be_read_is_wrong_input(nowhere: Any, words: tuple[str, ...]) -> None:
    nowhere.misuse("draw", "verify", *words)


def test_the_snapshot_and_the_log_are_checked_too(nowhere: Any, bundle: Path, tmp_path: Path) -> None:
    snapshot, log = tmp_path / "snapshot.bin", tmp_path / "log.json"
    snapshot.write_bytes(bytes(40))
    assert "Step 10" in nowhere.refusal("draw", "verify", bundle, "--snapshot", snapshot)
    for text in ("{}", "[]", '[{"seq": 1}]'):
        log.write_text(text)
        assert "Step 11" in nowhere.refusal("draw", "verify", bundle, "--log", log)


def test_no_database_and_no_settings_are_needed(bundle: Path, tmp_path: Path) -> None:
    code = """
import sys
from fittrack_cli.main import app
try:
    app(["draw", "verify", sys.argv[1]])
finally:
    loaded = [name for name in sys.modules if name.startswith(("fittrack_adapters", "sqlite3"))]
    assert all("beacon" in name or name == "fittrack_adapters" for name in loaded), loaded
"""
    environment = {"FITTRACK_NONSENSE": "1", "PYTHONPATH": ":".join(sys.path)}
    ran = subprocess.run(
        [sys.executable, "-c", code, bundle], env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (0, "") == (ran.returncode, ran.stderr.partition("Warning")[0])
    assert [bundle] == list(tmp_path.iterdir())
