"""Runs the benchmarks, each in a process of its own: `python -m tests.bench [NAME …]`."""

import subprocess
import sys

BENCHMARKS = ("purchases", "scoring", "imports", "leaderboards", "boards", "drawings", "stores", "http")


def main(names: list[str]) -> None:
    unknown = sorted(set(names) - set(BENCHMARKS))
    if unknown:
        sys.exit(f"There is no benchmark {', '.join(unknown)}. There are: {', '.join(BENCHMARKS)}.")
    command = (sys.executable, "-m")
    failed = [name for name in names or BENCHMARKS if subprocess.call([*command, f"tests.bench.{name}"])]
    sys.exit(f"Missed or failed: {', '.join(failed)}." if failed else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
