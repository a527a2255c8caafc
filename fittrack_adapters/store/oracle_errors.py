"""What the errors of Oracle and its driver mean to FitTrack."""

import oracledb

from fittrack_domain.shared.errors import AlreadyExists, StoreBusy, StoreUnreachable

UNIQUE = 1
BUSY = {54, 60, 1555, 8177, 30006}
"""Locked, deadlock, too long a look back, serialization failure, lock timeout."""
NO_TABLE = 942
NOT_COMPILED = 6550
"""Of a block: what is wrong with it stands in the message."""
NAME_TAKEN = {955, 1430}
"""Of a table or index, of a column."""
READ_ONLY = 1456
POOL_EXHAUSTED = "DPY-4005"
TOO_SLOW = "DPY-4024"
NO_CONNECTION = {"DPY-1001", "DPY-4011", "DPY-6000", "DPY-6001", "DPY-6003", "DPY-6005"}
"""Not connected, closed, refused, no such service, no such instance, unreachable."""
DOWN = {28, 1012, 1017, 1033, 1034, 1089, 1090, 3113, 3114, 3135, 12514, 12541, 28000, 28001}
"""Session killed or gone, no log-in, starting, stopping, not there, account locked or expired."""


class translated:  # noqa: N801  # reads as what it does
    """Driver errors as FitTrack's."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, oracledb.Error):
            raise translation(error) from error


def translation(error: oracledb.Error) -> Exception:
    """An error of the driver as one of FitTrack's, where there is one."""
    detail = error.args[0]
    if detail.code == UNIQUE:
        return AlreadyExists(_constraint(detail.message))
    if detail.code in BUSY or detail.full_code == TOO_SLOW:
        return StoreBusy()
    if detail.code == NO_TABLE or (detail.code == NOT_COMPILED and f"ORA-{NO_TABLE:05d}" in detail.message):
        return StoreUnreachable(f"{detail.message}. Run: fittrack db migrate")
    if detail.code == READ_ONLY:
        return RuntimeError("A view for reading refuses to write")
    if detail.isrecoverable or detail.full_code in NO_CONNECTION or detail.code in DOWN:
        return StoreUnreachable(detail.message)
    return error


def _constraint(message: str) -> str:
    """The name of the constraint, which stands only in the message: `unique constraint (OWNER.NAME) violated`."""
    return message.partition("(")[2].partition(")")[0].rpartition(".")[2].strip('"').lower() or "row"
