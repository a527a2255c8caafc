"""Members on every store."""

from datetime import date

import pytest

from fittrack_adapters.in_process import ProcessCache
from fittrack_adapters.testing import CountingIds, StoppedClock
from fittrack_domain.identity.admission import NewMember
from fittrack_domain.identity.known import KnownAccounts
from fittrack_domain.identity.model import Account
from fittrack_domain.identity.service import Identity
from tests.stores import MakeStore


@pytest.fixture
def everywhere(new_store: MakeStore) -> Identity:
    clock = StoppedClock()
    return Identity(new_store(clock), clock, CountingIds(clock, seed=1), KnownAccounts(ProcessCache()))


@pytest.fixture
def pat(everywhere: Identity) -> Account:
    return everywhere.create_member(None, NewMember("Pat.Doe@Example.com", date(1990, 3, 2), "CA"))
