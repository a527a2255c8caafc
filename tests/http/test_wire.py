"""JSON and query strings, read strictly."""

import json
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fittrack_domain.shared.errors import Fault, InvalidInput
from fittrack_domain.shared.money import Usd
from fittrack_http.errors import MalformedJson
from fittrack_http.structuring import FAULTS_MAX, camel, structure
from fittrack_http.wire import read_json, read_query, write_json
from tests.http.toys import Colour, NewToy, Toy, ToysQuery, Wheel

TOY: dict[str, Any] = {"name": "Bear", "colour": "red", "price": "5.00"}
ID = "0197a3c2-7f6e-7d1a-9b2e-3c4d5e6f7a8b"


def faults_of(value: Any, kind: type = NewToy) -> dict[str, str]:
    with pytest.raises(InvalidInput) as raised:
        structure(kind, value)
    return {fault.pointer: fault.detail for fault in raised.value.faults}


def faults_of_query(query: str) -> list[Fault]:
    with pytest.raises(InvalidInput) as raised:
        read_query(ToysQuery, query)
    return list(raised.value.faults)


def test_a_whole_body_becomes_a_value() -> None:
    body = {
        **TOY,
        "wheels": [{"spokeCount": 3.0, "madeOn": "2026-02-28"}],
        "wantedAt": "2026-05-17T23:30:00+02:00",
        "state": "TX",
        "gift": True,
        "drawingId": ID,
    }
    expected = NewToy(
        "Bear",
        Colour.RED,
        Usd.of("5.00"),
        (Wheel(3, date(2026, 2, 28)),),
        datetime(2026, 5, 17, 21, 30, tzinfo=UTC),
        "TX",
        gift=True,
        drawing_id=UUID(ID),  # type: ignore[arg-type]  # a NewType
    )
    assert expected == structure(NewToy, body)


def test_what_is_left_out_takes_its_default() -> None:
    assert NewToy("Bear", Colour.RED, Usd.of("5.00")) == structure(NewToy, TOY)


def test_every_fault_is_told_at_once_with_its_place() -> None:
    body = {
        "name": "x",
        "colour": "green",
        "wheels": [{"spokeCount": "1"}, {}, 3],
        "gift": "no",
        "state": "tx",
        "a/b~c": 1,
    }
    assert {
        "/name": "must have 3 to 20 characters",
        "/colour": "must be one of red, blue",
        "/price": "is required",
        "/wheels/0/spokeCount": "must be a whole number",
        "/wheels/1/spokeCount": "is required",
        "/wheels/2": "must be an object",
        "/gift": "must be true or false",
        "/state": "must be two capital letters",
        "/a~1b~0c": "is not known here",
    } == faults_of(body)


@pytest.mark.parametrize(
    ("field", "value", "detail"),
    [
        ("name", 5, "must be a text"),
        ("name", None, "must be a text"),
        ("name", "a\0bc", "must not contain NUL characters"),
        ("name", "x" * 21, "must have 3 to 20 characters"),
        ("colour", ["red"], "must be one of red, blue"),
        ("price", 5, 'must be an amount of dollars in quotes, as "50.00"'),
        ("price", "5", 'must be an amount of dollars in quotes, as "50.00"'),
        ("price", "-5.00", 'must be an amount of dollars in quotes, as "50.00"'),
        ("wheels", "abc", "must be a list"),
        ("wheels", {}, "must be a list"),
        ("wheels", [{"spokeCount": 1}] * 5, "must have 0 to 4 items"),
        ("wheels", [{"spokeCount": 1}] * 1001, "must have at most 1000 items"),
        ("wantedAt", "2026-05-17T21:00:00", "must be an instant with its offset, as 2026-05-17T21:00:00Z"),
        ("wantedAt", "2026-13-17T21:00:00Z", "must be an instant of the calendar"),
        ("wantedAt", "0001-01-01T00:00:00+14:00", "must be an instant of the calendar"),
        ("wantedAt", 1747515600, "must be an instant with its offset, as 2026-05-17T21:00:00Z"),
        ("drawingId", "0197a3c27f6e7d1a9b2e3c4d5e6f7a8b", "must be a UUID"),
        ("drawingId", 5, "must be a UUID"),
        ("gift", 1, "must be true or false"),
    ],
)
def test_a_wrong_value_is_refused(field: str, value: Any, detail: str) -> None:
    assert {f"/{field}": detail} == faults_of({**TOY, field: value})


@pytest.mark.parametrize(
    ("value", "detail"),
    [
        (True, "must be a whole number"),
        ("7", "must be a whole number"),
        (1.5, "must be a whole number"),
        (None, "must be a whole number"),
        (-1, "must be at least 0"),
        (100, "must be at most 99"),
        (2**63, "is out of range"),
        (1e300, "is out of range"),
    ],
)
def test_a_wrong_number_is_refused(value: Any, detail: str) -> None:
    assert {"/spokeCount": detail} == faults_of({"spokeCount": value}, Wheel)


@pytest.mark.parametrize("day", ["2026-02-30", "20260228", "2026-W01-1", 5, "\u0662026-01-01"])
def test_a_wrong_day_is_refused(day: Any) -> None:
    assert ["/madeOn"] == list(faults_of({"spokeCount": 1, "madeOn": day}, Wheel))


@pytest.mark.parametrize("value", [None, [], "toy", 5, True])
def test_a_body_that_is_no_object_is_refused(value: Any) -> None:
    assert {"": "must be an object"} == faults_of(value)


def test_the_number_of_faults_told_is_limited() -> None:
    assert FAULTS_MAX == len(faults_of({str(number): 1 for number in range(10_000)}))


def test_a_fault_of_our_own_is_not_blamed_on_the_input() -> None:
    @attrs.frozen
    class Broken:
        name: str

        def __attrs_post_init__(self) -> None:
            raise RuntimeError("a bug")

    with pytest.raises(RuntimeError, match="a bug"):
        structure(Broken, {"name": "x"})


@pytest.mark.parametrize(
    ("raw", "part"),
    [
        (b"", "zero-length"),
        (b'{"a":1', "end of data"),
        (b'{"a":1,"a":2}', "the key 'a' is given twice"),
        (b'[{"b":{"a":1,"a":2}}]', "the key 'a' is given twice"),
        (b'{"a":"\xff"}', "UTF-8"),
        (b'{"a":"\\ud800"}', "surrogate"),
        (b"[NaN]", "unexpected character"),
        (b"[1e999]", "infinity"),
        (b"[" * 100_000, "depth"),
        (b"[" * 1_000 + b"]" * 1_000, "nested too deeply"),
        (b"9" * 5_000, "infinity"),
        (b"\xef\xbb\xbf{}", "BOM"),
        (b"{} {}", "unexpected content"),
    ],
)
def test_text_that_is_not_strict_json_is_refused(raw: bytes, part: str) -> None:
    with pytest.raises(MalformedJson) as raised:
        read_json(raw)
    assert part in str(raised.value)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(json_values)
def test_json_is_read_as_it_was_written(value: Any) -> None:
    assert value == read_json(json.dumps(value, ensure_ascii=False).encode())


@given(json_values)
def test_whatever_json_arrives_is_taken_or_refused_with_places(value: Any) -> None:
    faults: tuple[Fault, ...] = ()
    try:
        structure(NewToy, value)
    except InvalidInput as error:
        faults = error.faults
    assert all(fault.pointer == "" or fault.pointer.startswith("/") for fault in faults)
    assert write_json(faults)


def test_a_query_string_becomes_a_value() -> None:
    expected = ToysQuery(Colour.BLUE, gift=False, made_on=date(2026, 1, 2), shelves=(1, 2), page=3)
    assert expected == read_query(ToysQuery, "colour=blue&gift=false&madeOn=2026-01-02&shelves=1&shelves=2&page=3")


def test_an_empty_query_takes_every_default() -> None:
    assert ToysQuery() == read_query(ToysQuery, "")


def test_every_fault_of_a_query_is_told() -> None:
    faults = faults_of_query("page=1&page=0&color=red&gift=1&madeOn=&shelves=x")
    assert {
        Fault("/page", "is given more than once"),
        Fault("/color", "is not known here"),
        Fault("/gift", "must be true or false"),
        Fault("/madeOn", "must be a date, YYYY-MM-DD"),
        Fault("/shelves/0", "must be a whole number"),
    } == set(faults)


def test_a_repeated_parameter_alone_is_a_fault() -> None:
    assert [Fault("/page", "is given more than once")] == faults_of_query("page=1&page=2")


@pytest.mark.parametrize("page", ["1.0", "+1", " 1", "1_0", "\u0663", "9" * 30, "0x1", "1e2"])
def test_a_number_in_a_query_is_written_plainly(page: str) -> None:
    assert [Fault("/page", "must be a whole number")] == faults_of_query(f"page={page}".replace("+", "%2B"))


@pytest.mark.parametrize("query", ["colour=%ff", "a=1&" * 51, "colour=%ED%A0%80"])
def test_a_query_that_cannot_be_read_is_refused(query: str) -> None:
    assert [""] == [fault.pointer for fault in faults_of_query(query)]


def test_answers_are_written_in_camel_case_with_utc_and_money_as_text() -> None:
    toy = Toy(UUID(ID), "Bär", Colour.RED, Usd.of("5.00"), 2, datetime(2026, 5, 17, 21, 0, 0, 5000, tzinfo=UTC))
    assert {
        "toyId": ID,
        "name": "Bär",
        "colour": "red",
        "price": "5.00",
        "wheelCount": 2,
        "wantedAt": "2026-05-17T21:00:00.005000Z",
    } == json.loads(write_json(toy))


def test_names_on_the_wire_are_camel_case() -> None:
    assert ["id", "salesOpenAt", "valueUsd"] == [camel(name) for name in ("id", "sales_open_at", "value_usd")]
