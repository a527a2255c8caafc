import pytest
from hypothesis import given
from hypothesis import strategies as st

from fittrack_domain.sweepstakes.draw.encoding import INTEGER_MAX, NESTING_MAX, canonical, is_hex, label, loads, u64
from fittrack_domain.sweepstakes.draw.errors import Malformed

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-INTEGER_MAX, INTEGER_MAX) | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(codec="ascii")), inner),
    max_leaves=20,
)


def nested(depth: int) -> object:
    value: object = 1
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (False, "false"),
        (-INTEGER_MAX, "-9007199254740991"),
        ("/\x7f\u2028€😀", '"/\x7f\u2028€😀"'),
        ('"\\\b\t\n\f\r\x00\x1f', '"\\"\\\\\\b\\t\\n\\f\\r\\u0000\\u001f"'),
        ({"b": 1, "a": 2, "B": 3, "": 4, "aa": 5}, '{"":4,"B":3,"a":2,"aa":5,"b":1}'),
        ([[], {}, (1,)], "[[],{},[1]]"),
    ],
)
def test_every_value_has_one_spelling(value: object, text: str) -> None:
    assert text.encode() == canonical(value)


@pytest.mark.parametrize(
    ("value", "pointer"),
    [
        ({"a": 1.0}, "/a"),
        ({"a": float("nan")}, "/a"),
        ([0, INTEGER_MAX + 1], "/1"),
        ([-INTEGER_MAX - 1], "/0"),
        (["\ud800"], "/0"),
        ({"a": {"é": 1}}, "/a"),
        ({1: 1}, ""),
        ([b"bytes"], "/0"),
        ([{1, 2}], "/0"),
        (nested(NESTING_MAX), ""),
    ],
)
def test_what_the_protocol_does_not_have_is_refused_where_it_stands(value: object, pointer: str) -> None:
    with pytest.raises(Malformed) as refusal:
        canonical(value)
    assert pointer == refusal.value.pointer
    assert pointer == refusal.value.faults[0].pointer


def test_nesting_is_allowed_up_to_its_limit() -> None:
    assert b"[" * 99 + b"1" + b"]" * 99 == canonical(nested(NESTING_MAX - 1))


@given(json_values)
def test_what_is_written_is_read_back(value: object) -> None:
    assert value == loads(canonical(value))


@given(json_values)
def test_spelling_does_not_depend_on_the_order_of_members(value: object) -> None:
    def turned(part: object) -> object:
        if isinstance(part, dict):
            return {key: turned(part[key]) for key in reversed(part)}
        return [turned(item) for item in part] if isinstance(part, list) else part

    assert canonical(value) == canonical(turned(value))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "1 2",
        "[1,]",
        "1.0",
        "1e2",
        "NaN",
        "-Infinity",
        "9007199254740992",
        "9" * 5000,
        '{"a": 1, "a": 1}',
        '[{"a": {"b": 1, "\\u0062": 2}}]',
        '"\\ud800"',
        '{"é": 1}',
        "[" * 100_000,
        "[" * 101 + "]" * 101,
        b"\xff",
        b'\xef\xbb\xbf{"a": 1}',
        '"a"'.encode("utf-16"),
        b'"\xed\xa0\x80"',
    ],
    ids=lambda text: repr(text[:20]),
)
def test_json_from_outside_is_read_strictly(text: str | bytes) -> None:
    with pytest.raises(Malformed) as refusal:
        loads(text)
    assert str(refusal.value)


def test_json_from_outside_is_read_from_text_and_bytes() -> None:
    assert {"a": [1, -5, "é", "😀"]} == loads('{"a": [1, -5, "é", "\\ud83d\\ude00"]}')
    assert {"a": "é"} == loads('{"a": "é"}'.encode())


@pytest.mark.parametrize(
    ("value", "is_it"),
    [
        ("0aff", True),
        ("0AFF", False),
        ("0af", False),
        ("0aff0", False),
        ("0xff", False),
        ("0af\n", False),
        ("\uff10aff", False),
        (b"0aff", False),
        (None, False),
    ],
)
def test_hex_has_one_spelling(value: object, is_it: bool) -> None:
    assert is_it == is_hex(value, 2)


def test_labels_and_integers_have_fixed_forms() -> None:
    assert b"fittrack-draw-1/key\x00" == label("key")
    assert bytes.fromhex("0000000000000102") == u64(258)
