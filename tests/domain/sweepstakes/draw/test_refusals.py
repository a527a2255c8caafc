"""Whatever is changed in a published record is noticed, and whatever comes instead of one is refused."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fittrack_domain.sweepstakes.draw.errors import NotValid
from fittrack_domain.sweepstakes.draw.verify import verify
from tests.domain.sweepstakes.draw.forging import SOLD, a_prize, forged, is_beacons, some_terms

BUNDLES = {
    "drawn": forged(),
    "without a beacon": forged(some_terms(beacon=None)),
    "without tickets": forged(sold=[]),
    "without a seed": forged(closing_changes={"seed": None}),
    "with unawarded prizes": forged(some_terms(prizes=[a_prize(1, 2), a_prize(2, 5)], max_wins_per_holder=1)),
    "of one member": forged(sold=SOLD[:1]),
}


def changed_scalars(value: object) -> Iterator[object]:
    yield from (None, True, 0, 1, -1, 2**53, 10**400, 0.5, "", "0", "00" * 32, [], {}, [value], {"a": value})
    if isinstance(value, int):
        yield from (value + 1, value - 1, float(value), str(value), value == 1)
    if isinstance(value, str):
        other = "1" if value[:1] == "0" else "0"
        yield from (value.upper(), value.title(), f"{value}\n", f" {value}", value[:-1], other + value[1:], "\ud800")


def changed(value: Any) -> Iterator[object]:
    """The value with one change anywhere inside."""
    if isinstance(value, dict):
        yield from ({name: each for name, each in value.items() if name != left_out} for left_out in value)
        yield from ({**value, name: other} for name, each in value.items() for other in changed(each))
        yield {**value, "surplus": None}
    elif isinstance(value, list):
        yield from ([*value[:at], *value[at + 1 :]] for at in range(len(value)))
        yield from ([*value[:at], other, *value[at + 1 :]] for at, each in enumerate(value) for other in changed(each))
        yield from ([*value, *value[-1:]], [*value, None], value[::-1])
    yield from changed_scalars(value)


@pytest.mark.parametrize("record", ["terms", "closing", "result", "proofs"])
@pytest.mark.parametrize("name", BUNDLES)
def test_no_single_change_of_a_record_or_proof_goes_unnoticed(name: str, record: str) -> None:
    bundle = BUNDLES[name]
    verify(bundle, check_signature=is_beacons)
    unnoticed = []
    changes = [other for other in changed(bundle[record]) if repr(other) != repr(bundle[record])]
    for other in changes:
        try:
            verify({**bundle, record: other}, check_signature=is_beacons)
        except NotValid:
            continue
        unnoticed.append(other)
    assert len(changes) >= 15
    assert [] == unnoticed


@pytest.mark.parametrize("bundle", [None, [], "bundle", 1, {}, *({**forged(), name: None} for name in forged())])
def test_what_is_no_bundle_is_refused_at_the_first_step(bundle: object) -> None:
    with pytest.raises(NotValid) as refusal:
        verify(bundle)
    assert 1 == refusal.value.step


def nested(depth: int) -> object:
    value: object = {}
    for _ in range(depth):
        value = {"a": [value]}
    return value


def test_deep_nesting_is_refused_even_where_further_members_are_allowed() -> None:
    for depth in (100, 100_000):
        with pytest.raises(NotValid) as refusal:
            verify({**forged(), "terms": some_terms(further=nested(depth))})
        assert 2 == refusal.value.step


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["fittrack-draw-1", "00" * 32, "L", "R", "drawn", some_terms()["drawing_id"]]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["terms", "closing", "result", "proofs", "path", "count", "n", "round"]), inner
        )
    ),
    max_leaves=12,
)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container inside a value, with each of its keys or indices."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else []
    for key in keys:
        yield value, key
        yield from places(value[key])


@settings(max_examples=300, deadline=None)
@given(name=st.sampled_from(sorted(BUNDLES)), where=st.integers(0), replacement=anything)
def test_anything_in_place_of_anything_is_judged_without_a_crash(name: str, where: int, replacement: object) -> None:
    bundle = copy.deepcopy(BUNDLES[name])
    container, key = list(places(bundle))[where % len(list(places(bundle)))]
    original, container[key] = container[key], replacement
    try:
        verify(bundle, check_signature=is_beacons)
    except NotValid:
        return
    assert repr(original) == repr(replacement)
