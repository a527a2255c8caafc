"""Runs the benchmarks, each in a process of its own: `python -m tests.bench [NAME …]`."""

import subprocess
import sys

BENCHMARKS = ("purchases", "scoring", "imports", "leaderboards", "boards", "drawings", "stores")


def main(names: list[str]) -> None:
    unknown = sorted(set(names) - set(BENCHMARKS))
    if unknown:
        sys.exit(f"There is no benchmark {', '.join(unknown)}. There are: {', '.join(BENCHMARKS)}.")
    for name in names or BENCHMARKS:
        subprocess.run([sys.executable, "-m", f"tests.bench.{name}"], check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
