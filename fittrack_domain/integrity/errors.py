"""How integrity says no."""

import attrs

from fittrack_domain.shared.errors import Conflict, NotFound, Refused
from fittrack_domain.shared.ids import ReviewId


@attrs.frozen
class ReviewNotFound(NotFound):
    """No review has this id."""

    review_id: ReviewId
    code = "review_not_found"

    def __str__(self) -> str:
        return f"There is no review {self.review_id}."


@attrs.frozen
class ReviewResolved(Conflict):
    """The review was resolved before: its outcome stands."""

    outcome: str
    code = "review_resolved"

    def __str__(self) -> str:
        return f"The review is {self.outcome} already."


@attrs.frozen
class OwnReview(Refused):
    """Nobody decides about themselves."""

    code = "own_review"

    def __str__(self) -> str:
        return "This review is about your own account. Ask another admin to decide it."


@attrs.frozen
class AppealPending(Conflict):
    """The member has filed an appeal that is not decided yet. The token stays good for another one."""

    code = "appeal_pending"

    def __str__(self) -> str:
        return "Your appeal lies before us already. Another one can be filed when it is decided."


@attrs.frozen
class NothingToAppeal(Conflict):
    """The account is neither suspended nor banned any more."""

    status: str
    code = "nothing_to_appeal"

    def __str__(self) -> str:
        return f"There is nothing to appeal against: the account is {self.status}."
