"""Programs of other projects that tests use, installed from Debian's packages where that is possible."""

import os
import shutil
import subprocess
import sys

PACKAGES = {
    "sipp": "sip-tester",
    "baresip": "baresip-core",
    "chromium": "chromium",
    "java": "openjdk-17-jre-headless",
    "mvn": "maven",
}
FONT_PACKAGE = "fonts-noto-cjk"


def missing() -> list[str]:
    """Return the names of the programs that are not on the PATH."""
    return [name for name in PACKAGES if shutil.which(name) is None]


def _has_chinese_font() -> bool:
    if shutil.which("fc-list") is None:
        return False
    listed = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, text=True, check=False, timeout=60)
    return bool(listed.stdout.strip())


def install() -> list[str]:
    """Install what is missing when this user may; return one sentence for each thing that stays missing."""
    wanted = [PACKAGES[name] for name in missing()] + ([] if _has_chinese_font() else [FONT_PACKAGE])
    if wanted and os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update"], check=False, timeout=300, **quiet)
        command = ["apt-get", "install", "-y", "--no-install-recommends", *wanted]
        done = subprocess.run(command, check=False, timeout=1200, env=environment, **quiet)
        if done.returncode:
            print(f"apt-get could not install {' '.join(wanted)}; tests that need them skip", file=sys.stderr)
    return [f"{name} is missing (Debian package {PACKAGES[name]}): its tests are skipped" for name in missing()]
