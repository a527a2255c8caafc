"""The keys that sign access tokens: made once, rotated without logging anyone out, revoked at once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import attrs
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from fittrack_adapters.security.keys import (
    LOOKED_AT_EVERY,
    SIGNING_KEYS,
    VERIFIES_FOR,
    KeyRing,
    NoSigningKey,
    SigningKeyNotFound,
)
from fittrack_adapters.store.memory import MemoryStore
from fittrack_adapters.system import SystemClock, SystemIds
from fittrack_adapters.testing import StoppedClock
from fittrack_domain.shared.errors import SealBroken
from fittrack_domain.shared.ids import MemberId
from tests.adapters.security.conftest import a_ring
from tests.domain.access.watched import WatchedStore
from tests.stores import AnyStore

MOMENT = timedelta(seconds=2)


def audited(store: AnyStore) -> list[tuple[str, str]]:
    with store.reading() as tx:
        return [(entry.action, entry.subject_id) for entry in tx.audit.each()]


def test_the_first_key_is_made_when_it_is_needed(ring: KeyRing, store: AnyStore) -> None:
    kid, private = ring.signer()
    assert 2_048 == private.key_size
    assert [kid] == [key.kid for key in ring.all()]
    assert private.public_key() == ring.verifiers()[kid]
    assert [("key.generated", kid)] == audited(store)


def test_in_production_nobody_makes_a_key_by_the_way(store: AnyStore, clock: StoppedClock) -> None:
    ring = a_ring(store, clock, generate=False)
    with pytest.raises(NoSigningKey, match="fittrack keys generate"):
        ring.signer()
    made = ring.generate(None)
    assert made.kid == ring.signer()[0]
    assert made == ring.generate(None)


def test_processes_that_need_the_first_key_at_once_make_one(store: AnyStore, clock: StoppedClock) -> None:
    rings = [a_ring(store, clock) for _ in range(4)]
    start = threading.Barrier(len(rings))

    def sign(ring: KeyRing) -> str:
        start.wait()
        return ring.signer()[0]

    with ThreadPoolExecutor(len(rings)) as pool:
        assert 1 == len(set(pool.map(sign, rings)))
    assert 1 == len(rings[0].all())


def test_private_keys_lie_sealed(ring: KeyRing, store: AnyStore, clock: StoppedClock) -> None:
    _, private = ring.signer()
    with store.reading() as tx:
        [kept] = tx.rows(SIGNING_KEYS).where()
    plain = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    assert plain[100:200] not in kept.private_key
    assert "private_key" not in repr(kept)
    with pytest.raises(SealBroken):
        a_ring(store, clock, master=1).signer()


def test_a_sealed_key_does_not_open_under_another_id(ring: KeyRing, store: AnyStore, clock: StoppedClock) -> None:
    kid, _ = ring.signer()
    with store.transaction() as tx:
        rows = tx.rows(SIGNING_KEYS)
        [kept] = rows.where()
        rows.remove(kid=kid)
        rows.add(attrs.evolve(kept, kid="0" * 16))
    with pytest.raises(SealBroken):
        a_ring(store, clock).signer()


def test_after_a_rotation_the_new_key_signs_and_the_old_one_verifies_for_its_hour(
    ring: KeyRing, clock: StoppedClock, store: AnyStore
) -> None:
    admin = MemberId(uuid4())
    old, _ = ring.signer()
    clock.advance(MOMENT)
    fresh = ring.rotate(admin).kid
    assert fresh == ring.signer()[0]
    assert {old, fresh} == set(ring.verifiers())
    assert [fresh, old] == [key.kid for key in ring.all()]
    clock.advance(VERIFIES_FOR - timedelta(microseconds=1))
    assert {old, fresh} == set(ring.verifiers())
    clock.advance(LOOKED_AT_EVERY + timedelta(microseconds=1))
    assert {fresh} == set(ring.verifiers())
    assert ring.verifier(old) is None
    assert [("key.generated", old), ("key.rotated", fresh)] == audited(store)
    with store.reading() as tx:
        assert admin == next(entry for entry in tx.audit.each() if entry.action == "key.rotated").actor


def test_another_process_learns_of_a_rotation_from_the_first_token_or_within_a_minute(
    ring: KeyRing, store: AnyStore, clock: StoppedClock
) -> None:
    other, third = a_ring(store, clock), a_ring(store, clock)
    old, _ = ring.signer()
    assert [old, old] == [each.signer()[0] for each in (other, third)]
    clock.advance(MOMENT)
    fresh = ring.rotate(None).kid
    assert other.verifier(fresh) is not None
    assert fresh == other.signer()[0]
    assert old == third.signer()[0]
    clock.advance(LOOKED_AT_EVERY)
    assert fresh == third.signer()[0]


def test_a_made_up_id_does_not_make_the_store_work_at_every_call(store: AnyStore, clock: StoppedClock) -> None:
    watched = WatchedStore(store)
    ring = a_ring(watched, clock)  # type: ignore[arg-type]  # stands in for a store
    ring.signer()
    before = watched.asked.count("read")
    clock.advance(MOMENT)
    for number in range(50):
        assert ring.verifier(f"made up {number}") is None
    assert before + 1 == watched.asked.count("read")


def test_a_revoked_key_is_good_for_nothing_at_once(ring: KeyRing, store: AnyStore) -> None:
    kid, _ = ring.signer()
    ring.revoke(None, kid)
    assert {} == dict(ring.verifiers())
    assert ring.verifier(kid) is None
    assert ("key.revoked", kid) == audited(store)[-1]
    with pytest.raises(SigningKeyNotFound, match="There is no signing key"):
        ring.revoke(None, kid)
    assert kid != ring.signer()[0]


def test_another_process_learns_of_a_revocation_within_a_minute(
    ring: KeyRing, store: AnyStore, clock: StoppedClock
) -> None:
    other = a_ring(store, clock)
    kid, _ = ring.signer()
    assert kid in other.verifiers()
    ring.revoke(None, kid)
    clock.advance(LOOKED_AT_EVERY + timedelta(microseconds=1))
    assert kid not in other.verifiers()


def test_a_thread_that_looks_while_another_rotates_finds_keys() -> None:
    ring = a_ring(MemoryStore(SystemClock(), SystemIds()), SystemClock())
    ring.signer()
    stop = threading.Event()

    def look() -> int:
        found = 0
        while not stop.is_set():
            found += len(ring.verifiers())
        return found

    with ThreadPoolExecutor(4) as pool:
        looking = [pool.submit(look) for _ in range(3)]
        for _ in range(5):
            ring.rotate(None)
        stop.set()
        assert all(each.result() for each in looking)
