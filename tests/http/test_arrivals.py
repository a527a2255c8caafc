"""Who comes at once is let in at once, and as many as the system allows."""

import socket
import struct
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx

from tests.http.test_lifecycle import process

CROWD = 150
FILES = """
import resource
from fittrack_http.open_files import allow_open_files
_, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (64, hard))
told = allow_open_files()
soft, kept = resource.getrlimit(resource.RLIMIT_NOFILE)
print(soft == told, told > 64, kept == hard, allow_open_files() == told)
"""


def test_a_crowd_that_comes_at_once_is_answered() -> None:
    together = threading.Barrier(CROWD)

    def come(url: str) -> int:
        with httpx.Client() as client:
            together.wait(20)
            return client.get(f"{url}/health/live", timeout=20).status_code

    with process() as (_, url), ThreadPoolExecutor(CROWD) as crowd:
        assert {200} == set(crowd.map(come, [url] * CROWD))


def test_who_leaves_before_being_let_in_disturbs_nobody() -> None:
    with process() as (_, url):
        host, _, port = url.removeprefix("http://").partition(":")
        for _ in range(20):
            with socket.create_connection((host, int(port))) as leaving:
                leaving.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # leaves with a reset
        assert 200 == httpx.get(f"{url}/health/live").status_code


def test_as_many_files_may_be_open_as_the_system_allows_without_privilege() -> None:
    told = subprocess.run([sys.executable, "-c", FILES], capture_output=True, text=True, check=True).stdout
    assert ["True"] * 4 == told.split()
