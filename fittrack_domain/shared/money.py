"""Prize values: decimal US dollars with two places, never float."""

from decimal import Decimal, InvalidOperation

import attrs

from fittrack_domain.shared.errors import Fault, InvalidInput

USD_MAX = Decimal("99999999.99")


@attrs.frozen(order=True)
class Usd:
    """An amount of US dollars, at least 0, with two places."""

    amount: Decimal

    def __attrs_post_init__(self) -> None:
        if not (self.amount.is_finite() and 0 <= self.amount <= USD_MAX and self.amount == round(self.amount, 2)):
            raise InvalidInput((Fault("", f"must be an amount of dollars from 0.00 to {USD_MAX} with two places"),))

    @classmethod
    def of(cls, text: str) -> "Usd":
        """`Usd.of("50.00")`. Raises `InvalidInput` for anything that is not such an amount."""
        try:
            return cls(Decimal(text))
        except InvalidOperation:
            raise InvalidInput((Fault("", f"{text[:40]!r} is not an amount of dollars"),)) from None

    def __str__(self) -> str:
        return f"{self.amount:.2f}"
