"""Wrong ways of drawing, each with a law that gives it away."""

from collections.abc import Mapping
from typing import Final

from tests.statistics.drawers import (
    Drawer,
    limit_ignored,
    masked_word_modulo,
    members_not_tickets,
    naive_shuffle,
    narrow_word_modulo,
    never_the_last,
    one_word_for_all,
    with_replacement,
    with_uniform,
)

WRONG: Final[Mapping[str, tuple[Drawer, str]]] = {
    "masked word reduced modulo n": (with_uniform(masked_word_modulo), "first winner of 7"),
    "masked word reduced modulo n, many tickets": (with_uniform(masked_word_modulo), "thirds of 3·2^6"),
    "16-bit word reduced modulo n": (with_uniform(narrow_word_modulo(16)), "thirds of 3·2^14"),
    "32-bit word reduced modulo n": (with_uniform(narrow_word_modulo(32)), "thirds of 3·2^30"),
    "53-bit word reduced modulo n": (with_uniform(narrow_word_modulo(53)), "thirds of 3·2^51"),
    "last ticket never wins": (with_uniform(never_the_last), "third winner of 10"),
    "one word for all draws": (one_word_for_all, "first and second of 10"),
    "one word for all draws, seen by distance": (one_word_for_all, "distance of two of 100"),
    "drawing with replacement": (with_replacement, "first and third of 10"),
    "naive shuffle": (naive_shuffle, "orders of 5"),
    "members instead of tickets": (members_not_tickets, "holders without a limit"),
    "limit of one ignored": (limit_ignored, "holders with one win each"),
    "limit of two ignored": (limit_ignored, "holders with two wins each"),
}
