"""A real Elasticsearch for tests: the server's own test distribution from Maven Central, one node, no plugin needed."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

VERSION = "8.19.21"
ARTIFACT = f"org.elasticsearch.distribution.integ-test-zip:elasticsearch:{VERSION}:zip"
COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
CACHE = Path(__file__).resolve().parents[2] / ".cache" / "elasticsearch"
NOBODY = 65534
FETCH_WITHIN_S, START_WITHIN_S = 300, 120


class NoElasticsearch(Exception):
    """It cannot run here; the text says what is missing."""


def fetch() -> Path:
    """Return the cached archive, fetching it once."""
    archive = CACHE / f"elasticsearch-{VERSION}.zip"
    for program, package in (("java", "openjdk-17-jre-headless"), ("mvn", "maven")):
        if shutil.which(program) is None:
            raise NoElasticsearch(f"{program} is missing (Debian package {package})")
    if not archive.is_file():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as folder:
            command = ["mvn", "-q", "-B", COPY, f"-Dartifact={ARTIFACT}", f"-DoutputDirectory={folder}"]
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=FETCH_WITHIN_S)
            if done.returncode:
                raise NoElasticsearch(f"Maven could not fetch {ARTIFACT}: {done.stdout[-400:]}")
            (Path(folder) / archive.name).replace(archive)
    return archive


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _unpack(folder: Path) -> Path:
    """Unpack as a folder that any user may read: as root, the server runs as nobody."""
    with zipfile.ZipFile(fetch()) as archive:
        archive.extractall(folder)
    home = folder / f"elasticsearch-{VERSION}"
    for program in (home / "bin").iterdir():
        program.chmod(0o755)
    return home


def _configure(home: Path, *, port: int) -> None:
    lines = {
        "discovery.type": "single-node",
        "network.host": "127.0.0.1",
        "http.port": port,
        "transport.port": _free_port(),
        "xpack.security.enabled": "false",
        "cluster.routing.allocation.disk.threshold_enabled": "false",
        "path.data": home / "data",
        "path.logs": home / "logs",
    }
    text = "".join(f"{name}: {value}\n" for name, value in lines.items())
    (home / "config" / "elasticsearch.yml").write_text(text, encoding="utf-8")


def _java_home() -> Path:
    java = shutil.which("java")
    assert java is not None
    return Path(java).resolve().parents[1]


def _start(home: Path) -> subprocess.Popen[bytes]:
    environment = {
        "PATH": os.environ["PATH"],
        "ES_JAVA_HOME": str(_java_home()),
        "ES_JAVA_OPTS": "-Xms512m -Xmx512m",
        "ES_TMPDIR": str(home / "tmp"),
        "HOME": str(home),
    }
    (home / "tmp").mkdir()
    user = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    if user:
        for path in (home, *home.rglob("*")):
            os.chown(path, NOBODY, NOBODY)
    with (home / "words").open("wb") as words:
        return subprocess.Popen(
            [str(home / "bin" / "elasticsearch")], env=environment, cwd=home, stdin=subprocess.DEVNULL,
            stdout=words, stderr=words, start_new_session=True, **user,
        )  # fmt: skip


def _wait(url: str, server: subprocess.Popen[bytes], words: Path) -> None:
    deadline = time.monotonic() + START_WITHIN_S
    while time.monotonic() < deadline:
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{url}/_cluster/health", timeout=2) as answer:  # noqa: S310
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    raise NoElasticsearch(f"Elasticsearch did not start: {words.read_text(errors='replace')[-800:]}")


@contextmanager
def running_elasticsearch() -> Iterator[str]:
    """Run one node and give its URL; its folder goes with it. NoElasticsearch says why it cannot run here."""
    fetch()
    folder = Path(tempfile.mkdtemp(prefix="hotline-elasticsearch-"))
    folder.chmod(0o755)
    try:
        home = _unpack(folder)
        port = _free_port()
        _configure(home, port=port)
        server = _start(home)
        try:
            _wait(f"http://127.0.0.1:{port}", server, home / "words")
            yield f"http://127.0.0.1:{port}"
        finally:
            if server.poll() is None:
                os.killpg(server.pid, signal.SIGTERM)
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(server.pid, signal.SIGKILL)
                server.wait(5)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
