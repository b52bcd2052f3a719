"""`platformctl backup` and `restore` on real servers: what was asked before is answered the same after."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import tarfile
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from support.servers import wait_for
from support.workspace import Workspace, sample_workspace

NEEDED = (
    "prometheus", "prometheus-alertmanager", "prometheus-node-exporter", "redis-server", "redis-cli", "psql",
)  # fmt: skip
ABSENT = [name for name in NEEDED if shutil.which(name) is None]
pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(bool(ABSENT), reason=f"not installed here: {', '.join(ABSENT)}"),
]
ANOTHER = (
    'RECORDING_RULES = (RecordingRule(name="job:up:max", expr="max by (job) (up)", help="Another one."),'
)


DATABASES = """
import runpy

CORE = runpy.run_path({path!r})["COMPONENTS"]
COMPONENTS = tuple(component for component in CORE if component.name in ("postgres", "redis"))
"""
REPOSITORY = Path(__file__).parents[3]


@dataclass(frozen=True)
class Stack:
    """A deployed workspace, asked over HTTP."""

    workspace: Workspace

    def _url(self, component: str, path: str) -> str:
        return f"http://127.0.0.1:{self.workspace.ports[component]}{path}"

    def get(self, component: str, path: str) -> object:
        with urllib.request.urlopen(self._url(component, path), timeout=10) as answer:
            return json.load(answer)

    def query(self, expression: str, at: float) -> object:
        """The result of an instant query at a moment of the past."""
        words = urllib.parse.urlencode({"query": expression, "time": at})
        return self.get("prometheus", f"/api/v1/query?{words}")

    def sql(self, statement: str) -> str:
        """What PostgreSQL answers."""
        secret = self.workspace.folder / ".platformctl" / "secrets" / "postgres-password"
        address = f"postgresql://postgres@{self._place('postgres')}/platform"
        done = subprocess.run(
            ["psql", address, "-Atc", statement],
            env={**os.environ, "PGPASSWORD": secret.read_text()},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout.strip()

    def redis(self, *words: str) -> str:
        """What Redis answers."""
        port = self._place("redis").rpartition(":")[2]
        return subprocess.run(
            ["redis-cli", "-p", port, *words], capture_output=True, text=True, check=True
        ).stdout.strip()

    def _place(self, component: str) -> str:
        ports = json.loads((self.workspace.folder / ".platformctl" / "machine.json").read_text())["ports"]
        return f"127.0.0.1:{next(iter(ports[component].values()))}"

    def silence(self, comment: str) -> str:
        """The id of a new silence."""
        body = {
            "matchers": [{"name": "tenant", "value": "acme", "isRegex": False}],
            "startsAt": "2026-01-01T00:00:00Z",
            "endsAt": "2099-01-01T00:00:00Z",
            "createdBy": "test",
            "comment": comment,
        }
        request = urllib.request.Request(
            self._url("alertmanager", "/api/v2/silences"),
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return str(json.load(answer)["silenceID"])

    def silences(self) -> dict[str, str]:
        """Comments by id."""
        found = self.get("alertmanager", "/api/v2/silences")
        assert isinstance(found, list)
        return {one["id"]: one["comment"] for one in found}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The sample platform, deployed twice, with samples and a silence; Prometheus has its admin API."""
    with sample_workspace(tmp_path_factory.mktemp("backup") / "workspace") as workspace:
        workspace.edit(
            "compose/components.py",
            'listen:http}",\n                "--web.enable-lifecycle",\n            ),\n        ),\n        backup',
            'listen:http}", "--web.enable-lifecycle", "--web.enable-admin-api"),\n        ),\n        backup',
        )
        path = str(REPOSITORY / "compose" / "components.py")
        (workspace.folder / "compose" / "databases.py").write_text(DATABASES.format(path=path))
        workspace.deploy("--no-demo")
        workspace.edit("alerts_src/service.py", "RECORDING_RULES = (", ANOTHER)
        workspace.deploy("--no-demo")
        yield Stack(workspace)


def backup(stack: Stack, target: Path, *options: str) -> str:
    """Take a backup; gives what was said."""
    ran = stack.workspace.run("backup", str(target), "--no-demo", *options)
    assert ran.code == 0, ran.stderr
    return ran.stderr


def moment(stack: Stack) -> float:
    """The newest moment at which two samples of each target are known."""

    def result() -> list[dict[str, list[float]]]:
        found = stack.get("prometheus", "/api/v1/query?query=min(count_over_time(up[1h]))%3E3")
        data: list[dict[str, list[float]]] = found["data"]["result"]  # type: ignore[index, call-overload]
        return data

    wait_for(lambda: bool(result()), what="every target was scraped more than three times")
    return result()[0]["value"][0]


def test_what_was_asked_before_is_answered_the_same_after_the_data_is_gone(
    stack: Stack, tmp_path: Path
) -> None:
    workspace, file = stack.workspace, tmp_path / "one.tar"
    kept = stack.silence("kept")
    stack.sql("CREATE TABLE kept AS SELECT 42 AS answer")
    stack.redis("SET", "kept", "42")
    at = moment(stack)
    expression = 'count_over_time(up{job=~".+"}[1h])'
    before = stack.query(expression, at)
    names = ("prometheus", "alertmanager", "node-exporter", "postgres", "redis")
    pids = {name: workspace.pid(name) for name in names}

    said = backup(stack, file)
    assert "prometheus: its own snapshot" in said
    assert "postgres: pg_basebackup" in said
    assert "alertmanager: stopped, copied, started" in said
    after = {name: workspace.pid(name) for name in pids}
    assert {name for name in pids if pids[name] != after[name]} == {"alertmanager", "redis"}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not list((workspace.folder / ".platformctl/data/prometheus/snapshots").iterdir())

    later = stack.silence("made after the backup")
    assert set(stack.silences()) == {kept, later}
    stack.sql("UPDATE kept SET answer = 43")
    stack.redis("SET", "kept", "43")
    history = json.loads(workspace.run("history", "--json").stdout)
    workspace.run("down", "--volumes", "--yes")

    ran = workspace.run("restore", str(file), "--no-demo", "--yes", "--runtime", "native")
    assert ran.code == 0, ran.stderr
    assert "next: platformctl deploy" in ran.stdout
    workspace.deploy("--no-demo")
    assert stack.query(expression, at) == before
    assert stack.silences() == {kept: "kept"}
    assert stack.sql("SELECT answer FROM kept") == "42"
    assert stack.redis("GET", "kept") == "42"
    actions = [event["action"] for event in json.loads(workspace.run("history", "--json").stdout)]
    assert actions == [*(event["action"] for event in history), "down", "restore", "deploy"]


def test_a_running_stack_is_replaced_only_when_asked_and_keeps_serving_when_the_restore_fails(
    stack: Stack, tmp_path: Path
) -> None:
    workspace, file = stack.workspace, tmp_path / "two.tar"
    backup(stack, file)
    newer = stack.silence("newer than the backup")
    pid = workspace.pid("prometheus")

    asked = workspace.run("restore", str(file), "--no-demo")
    assert asked.code == 2
    assert "these are stopped: " in asked.stderr
    assert workspace.pid("prometheus") == pid

    short = tmp_path / "short.tar"
    short.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    damaged = workspace.run("restore", str(short), "--no-demo", "--yes")
    assert damaged.code == 1
    assert "this backup is damaged" in damaged.stderr
    assert workspace.pid("prometheus") == pid

    # Prometheus is put back first; then Alertmanager's folder cannot be made.
    data = workspace.folder / ".platformctl" / "data"
    obstacle = data / ".alertmanager-restoring"
    obstacle.write_text("in the way")
    failed = workspace.run("restore", str(file), "--no-demo", "--yes")
    obstacle.unlink()
    assert failed.code != 0, failed.stdout
    assert "prometheus: put back" in failed.stderr
    assert "nothing was put back" in failed.stderr
    assert newer in stack.silences()
    assert workspace.component("prometheus")["state"] == "healthy"
    assert workspace.component("alertmanager")["state"] == "healthy"
    assert not [path for path in data.iterdir() if path.name.startswith(".")]

    done = workspace.run("restore", str(file), "--no-demo", "--yes")
    assert done.code == 0, done.stderr
    workspace.deploy("--no-demo")
    assert newer not in stack.silences()


def test_secrets_are_in_the_file_only_when_asked_for(stack: Stack, tmp_path: Path) -> None:
    secret = stack.workspace.folder / ".platformctl" / "secrets" / "some-token"
    secret.write_text("a-token-of-ours")
    secret.chmod(0o600)
    without, with_them = tmp_path / "without.tar", tmp_path / "with.tar"
    said = backup(stack, without)
    assert "without the secrets" in said
    backup(stack, with_them, "--with-secrets")
    assert names(without).isdisjoint({"secrets.tar.gz"})
    assert "secrets.tar.gz" in names(with_them)

    secret.write_text("changed since")
    ran = stack.workspace.run("restore", str(with_them), "--no-demo", "--yes")
    assert ran.code == 0, ran.stderr
    assert secret.read_text() == "a-token-of-ours"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    stack.workspace.deploy("--no-demo")


def names(file: Path) -> set[str]:
    """The members of a backup."""
    with tarfile.open(file) as archive:
        return set(archive.getnames())
