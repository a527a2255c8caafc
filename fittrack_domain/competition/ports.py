"""What competition needs of a transaction."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Protocol

from fittrack_domain.competition.model import Place, Ranking, RankingRecord, Standing, View
from fittrack_domain.identity.ports import IdentityTx
from fittrack_domain.shared.calendar import Period
from fittrack_domain.shared.ids import MemberId
from fittrack_domain.shared.paging import Paging


class Places(Protocol):
    """Rankings from the first place to the last."""

    def size(self, ranking: Ranking) -> int:
        """How many members are ranked and shown."""
        ...

    def rank_of(self, ranking: Ranking, member_id: MemberId) -> int | None:
        """None for members who are not ranked or not shown."""
        ...

    def places(self, ranking: Ranking, first: int, limit: int) -> Sequence[Place]:
        """Up to `limit` places from rank `first` on."""
        ...


class Standings(Places, Protocol):
    """Rankings as they are at the moment.

    Places go by points, the more the better; then by who reached them earlier, then by more active days, then by the
    member's id. Members who are not shown have no place, and the ranks close up.
    """

    def of(self, member_id: MemberId, rankings: Collection[Ranking]) -> Mapping[Ranking, Standing]:
        """Where a member stands in these rankings; those without a standing are left out."""
        ...

    def of_member(self, member_id: MemberId) -> Sequence[Standing]:
        """Everything of one member."""
        ...

    def change(self, changes: Sequence[tuple[Standing | None, Standing]]) -> None:
        """Stores each standing after its change, given what it was before (None: new). Raises `StaleVersion`."""
        ...


class Archives(Places, Protocol):
    """Rankings as they were when they became final. Nothing in them ever changes."""

    def add(self, ranking: Ranking, places: Iterable[Place]) -> None:
        """Raises `AlreadyExists` when the ranking was archived before."""
        ...


class Rankings(Protocol):
    """Which rankings there are, and which are final."""

    def get(self, ranking: Ranking) -> RankingRecord | None:
        """None while nobody is ranked."""
        ...

    def locked(self, ranking: Ranking) -> RankingRecord | None:
        """As `get`, and nobody else archives it until the transaction is over."""
        ...

    def note(self, rankings: Collection[Ranking]) -> None:
        """Remembers those that are new."""
        ...

    def open_before(self, period: Period, start: date) -> Iterator[RankingRecord]:
        """The rankings of this kind of period, begun before `start`, that are not archived; the oldest first."""
        ...

    def save(self, record: RankingRecord) -> None:
        """Raises `StaleVersion`."""
        ...


class Boards(Protocol):
    """Live rankings kept ready beside the store, which stays the truth: losing them costs speed and nothing else."""

    def view(self, ranking: Ranking, viewer: MemberId | None, paging: Paging) -> View | None:
        """What the store said less than a second ago, or says now. None when that is not certain: ask the store.

        Never raises because of what it is kept in.
        """
        ...

    def mend(self) -> Sequence[Ranking]:
        """Brings back what is missing or behind, and answers which rankings."""
        ...


class CompetitionTx(IdentityTx, Protocol):
    """A transaction over standings."""

    @property
    def standings(self) -> Standings: ...

    @property
    def archives(self) -> Archives: ...

    @property
    def rankings(self) -> Rankings: ...
