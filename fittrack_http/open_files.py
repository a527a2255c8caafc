"""How many files, and so how many connections, the process may have open at a time."""

import resource
from typing import Final

OPEN_FILES_MAX: Final = 65_536
"""More than one process can serve; some systems call a limit of many millions, or none, more than they accept."""


def allow_open_files() -> int:
    """Raises the soft limit to the hard one, which needs no privilege, and answers how many files may be open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = OPEN_FILES_MAX if hard == resource.RLIM_INFINITY else min(hard, OPEN_FILES_MAX)
    if soft == resource.RLIM_INFINITY or soft >= most:
        return OPEN_FILES_MAX if soft == resource.RLIM_INFINITY else soft
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return most
