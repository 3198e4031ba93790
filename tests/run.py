"""``make test``: everything that can run here. Tests that wait on sound run alone at the end."""

import os
import subprocess
import sys

from tests import programs

LAYERS = (
    ("together", ["-n", "2", "--dist", "loadfile", "-m", "not paced and not e2e"]),
    ("paced", ["-p", "no:xdist", "-m", "paced and not e2e"]),
    ("the whole house", ["-p", "no:xdist", "-m", "e2e"]),
)

NO_TESTS = 5
"""pytest's exit status when nothing was chosen: right for a layer only where arguments choose the tests."""


def main() -> int:
    """Run all layers, go on after a failed one, and say at the end which failed."""
    lacking = programs.install()
    for sentence in lacking:
        print(sentence)
    if lacking and os.environ.get("CI"):
        print("under CI nothing is skipped: install what is missing")
        return 1
    accepted = {0, NO_TESTS} if sys.argv[1:] else {0}
    failed = []
    for name, options in LAYERS:
        print(f"== tests: {name}", flush=True)
        code = subprocess.run([sys.executable, "-m", "pytest", "-q", *options, *sys.argv[1:]], check=False).returncode
        if code not in accepted:
            failed.append(name)
    print(f"failed layers: {', '.join(failed)}" if failed else "all layers passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
