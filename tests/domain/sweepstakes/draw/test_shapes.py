"""The hand-written checks agree with the JSON Schema of the protocol's section 16."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from fittrack_domain.sweepstakes.draw import shapes
from fittrack_domain.sweepstakes.draw.errors import Malformed
from tests.domain.sweepstakes.draw.forging import forged, some_terms

SCHEMA = json.loads((Path(__file__).parent / "records.schema.json").read_text())
BUNDLE = forged()
HASH = "0a" * 32
RECORDS: dict[str, tuple[shapes.Shape, Any]] = {
    "terms": (shapes.TERMS, some_terms()),
    "closing": (shapes.CLOSING, BUNDLE["closing"]),
    "result": (shapes.RESULT, BUNDLE["result"]),
    "proof": (shapes.PROOF, BUNDLE["proofs"][0]),
    "entry": (
        shapes.ENTRY,
        {"member_id": some_terms()["drawing_id"], "salt": HASH, **BUNDLE["proofs"][0], "first": 1},
    ),
    "award": (
        shapes.AWARD,
        {
            "protocol": "fittrack-draw-1",
            "drawing_id": some_terms()["drawing_id"],
            "result_hash": HASH,
            "seq": 1,
            "forfeited": 1,
            "reason": "unclaimed",
            "replacement": None,
        },
    ),
    "log_entry": (
        shapes.LOG_ENTRY,
        {"seq": 1, "prev": HASH, "at": 0, "kind": "void", "drawing_id": some_terms()["drawing_id"], "hash": HASH},
    ),
}
OTHERS: list[Any] = [
    None,
    True,
    False,
    0,
    1,
    -1,
    2**53 - 1,
    2**53,
    "",
    "x",
    "L",
    "R",
    "drawn",
    "drand",
    HASH,
    [],
    {},
    [[]],
]


def varied(value: Any) -> Iterator[Any]:
    """The value with one part replaced, left out, added or repeated."""
    yield from OTHERS
    if isinstance(value, dict):
        yield {**value, "surplus": 1}
        yield from ({name: each for name, each in value.items() if name != left_out} for left_out in value)
        yield from ({**value, name: other} for name, each in value.items() for other in varied(each))
    if isinstance(value, list):
        yield from ([*value, *value], value * 40, value[1:])
        yield from ([*value[:at], other, *value[at + 1 :]] for at, each in enumerate(value) for other in varied(each))
    if isinstance(value, str):
        yield from (value.upper(), value + "0", value[1:])


def is_accepted(shape: shapes.Shape, value: object) -> bool:
    try:
        shape(value, "")
    except Malformed:
        return False
    return True


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_is_accepted_exactly_when_the_schema_accepts_it(name: str) -> None:
    shape, record = RECORDS[name]
    validator = jsonschema.Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": SCHEMA["$defs"]})
    judged = [(value, validator.is_valid(value), is_accepted(shape, value)) for value in [record, *varied(record)]]
    assert judged[0][1:] == (True, True)
    assert [] == [each for each in judged if each[1] != each[2]]
    assert {True, False} == {by_schema for _, by_schema, _ in judged[1:]}
