import subprocess
import sys

import pytest

from fittrack_adapters.beacon.drand import DrandBeacon
from fittrack_adapters.beacon.errors import BeaconNotConfigured
from fittrack_adapters.beacon.none import NoBeacon
from fittrack_domain.shared.errors import Unavailable
from fittrack_domain.sweepstakes.ports import Beacon


def test_without_a_beacon_the_terms_say_so() -> None:
    beacon: Beacon = NoBeacon()
    assert beacon.terms(1772496000) is None


def test_a_drawing_announced_with_a_beacon_waits_for_one() -> None:
    with pytest.raises(BeaconNotConfigured) as refused:
        NoBeacon().signature(1000)
    assert isinstance(refused.value, Unavailable)
    assert "Round 1000" in str(refused.value)
    assert "FITTRACK_BEACON=drand" in str(refused.value)


def test_both_satisfy_the_port() -> None:
    beacons: list[Beacon] = [NoBeacon(), DrandBeacon(["https://relay.example"])]
    assert [False, True] == [beacon.terms(1772496000) is not None for beacon in beacons]


def test_who_uses_no_beacon_does_not_wait_for_its_libraries() -> None:
    imports = "import sys; import fittrack_adapters.beacon.none; print('httpx' in sys.modules, 'py_ecc' in sys.modules)"
    assert b"False False\n" == subprocess.check_output([sys.executable, "-c", imports])
