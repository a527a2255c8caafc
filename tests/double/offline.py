"""The real driver without a network: a connection that believes to be connected.

It prepares statements, finds their binds, infers types and speaks the driver's JSON. The driver's inner interface is
used for it, which is why the driver's version is pinned and `test_driver.py` watches what is leant on.
"""

from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import oracledb
from oracledb import thin_impl  # type: ignore[attr-defined]  # compiled, without types


class _Offline(thin_impl.ThinConnImpl):  # type: ignore[misc]  # as above
    def _connect_phase_one(self, *_: Any) -> Iterator[None]:
        yield from ()

    def _connect_phase_two(self, *_: Any) -> Iterator[None]:
        yield from ()


def offline_connection() -> oracledb.Connection:
    """A connection to nothing."""
    with patch.object(thin_impl, "ThinConnImpl", _Offline):
        return oracledb.connect(user="nobody", password="nothing", dsn="127.0.0.1:1/nowhere")
