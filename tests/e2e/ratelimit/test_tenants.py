"""One registry: slas/tenants.yml and the limiter's table on SQLite, brought together from either side."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from e2e.ratelimit.commands import Service, serving
from e2e.ratelimit.servers import RedisServer

from platformctl.app import tenants
from platformctl.app.ratelimit_api import ApiError
from platformctl.errors import DifferencesFound, UsageError

pytestmark = pytest.mark.e2e
FILE = """\
# Who pays us.
tenants:
  - {id: grand-hotel, name: Grand Hotel, vertical: hotels, tier: gold}  # since 2019
  - id: lumiere
    name: "Lumière: Cinemas"
    vertical: cinemas
    tier: bronze
"""
SAMPLE = Path(__file__).parents[2] / "platform"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, shared_redis: RedisServer) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("tenants")
    with serving(folder, shared_redis, f"sqlite+aiosqlite:///{folder}/limits.db") as running:
        yield running


@pytest.fixture
def workspace(tmp_path: Path, service: Service, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with two tenants, and a limiter that knows none."""
    for tenant, tier in tenants.tiers_at_limiter(service.api).items():
        move = {"tenant": tenant, "before": tier, "after": None}
        service.api.patch("tenant-tiers", body={"moves": [move]})
    shutil.copytree(SAMPLE, tmp_path, dirs_exist_ok=True)
    (tmp_path / "slas/tenants.yml").write_text(FILE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_what_the_file_says_is_brought_to_the_limiter_once(workspace: Path, service: Service) -> None:
    assert isinstance(service.run("tenants", "sync", "--check").exception, DifferencesFound)
    plan = service.asked("tenants", "sync", "--yes", "--reason", "first day")
    assert {move["tenant"]: move["after"] for move in plan["moves"]} == {
        "grand-hotel": "gold",
        "lumiere": "bronze",
    }
    assert service.asked("ratelimit", "show", "grand-hotel")["limits"][0]["quota"] == 600
    assert service.run("tenants", "sync", "--check").exit_code == 0
    again = service.asked("tenants", "sync", "--yes")
    assert (again["moves"], again["tiers"]) == ([], [])
    (entry, *_) = service.asked("ratelimit", "audit", "--subject", "tenants")
    assert (entry["reason"], entry["after"]) == ("first day", {"grand-hotel": "gold", "lumiere": "bronze"})


def test_a_tenant_only_the_limiter_knows_stays_unless_it_is_pruned(workspace: Path, service: Service) -> None:
    service.run("ratelimit", "set", "newcomer", "--tier", "standard")
    shown = service.run("tenants", "sync", "--yes")
    assert "1 only at the limiter (newcomer)" in shown.stderr
    assert "newcomer" in tenants.tiers_at_limiter(service.api)
    service.run("tenants", "sync", "--yes", "--prune")
    assert set(tenants.tiers_at_limiter(service.api)) == {"grand-hotel", "lumiere"}


def test_what_was_moved_meanwhile_stops_the_sync_whole(workspace: Path, service: Service) -> None:
    service.run("tenants", "sync", "--yes")
    entries = tenants.compare((), tenants.tiers_at_limiter(service.api))
    plan = tenants.plan_sync(service.api, (), entries, prune=True)
    service.run("ratelimit", "set", "lumiere", "--tier", "gold")
    with pytest.raises(ApiError, match="lumiere has been moved meanwhile"):
        tenants.apply_sync(service.api, plan, reason="")
    assert set(tenants.tiers_at_limiter(service.api)) == {"grand-hotel", "lumiere"}


def test_import_changes_what_differs_and_keeps_every_other_byte(workspace: Path, service: Service) -> None:
    service.run("tenants", "sync", "--yes")
    service.run("ratelimit", "set", "lumiere", "--tier", "gold")
    service.run("ratelimit", "set", "corner-shop", "--tier", "bronze")
    assert isinstance(
        service.run("tenants", "import", "--check", "--vertical", "retail").exception, DifferencesFound
    )
    assert (workspace / "slas/tenants.yml").read_text() == FILE
    done = service.run("tenants", "import", "--yes", "--vertical", "retail")
    assert done.exit_code == 0, done.exception
    new = "  - {id: corner-shop, name: corner-shop, vertical: retail, tier: bronze}\n"
    assert (workspace / "slas/tenants.yml").read_text() == FILE.replace("tier: bronze", "tier: gold") + new
    states = {entry["id"]: entry["side"] for entry in service.asked("tenants", "list")}
    assert states == {"corner-shop": "same", "grand-hotel": "same", "lumiere": "same"}


def test_a_csv_file_is_imported_and_exported_alike(workspace: Path, service: Service) -> None:
    service.run("tenants", "sync", "--yes")
    table = 'id,name,vertical,tier\nfit,"Fit, but ""fun"": gym",gyms,gold\ngrand-hotel,Grand Hotel,hotels,bronze\n'
    (workspace / "new.csv").write_text(table)
    done = service.run("tenants", "import", str(workspace / "new.csv"), "--yes")
    assert done.exit_code == 0, done.exception
    out = service.run("tenants", "export", "--offline").stdout
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(out))}
    assert rows["fit"] == {"id": "fit", "name": 'Fit, but "fun": gym', "vertical": "gyms", "tier": "gold"}
    assert rows["grand-hotel"]["tier"] == "bronze"
    live = json.loads(service.run("tenants", "export", "--format", "json").stdout)
    assert {row["id"]: row["tier"] for row in live}["grand-hotel"] == "gold"  # in force, not in the file


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("Evil Name,x,hotels,gold", "does not match"),
        ("ok,x,spas,gold", "is not one of"),
        ("ok,x,gyms,tin", "unknown tier"),
    ],
)
def test_what_would_break_the_registry_never_reaches_the_file(
    workspace: Path, service: Service, row: str, said: str
) -> None:
    (workspace / "bad.csv").write_text(f"id,name,vertical,tier\n{row}\n")
    done = service.run("tenants", "import", str(workspace / "bad.csv"), "--yes")
    assert said in str(done.exception)
    assert (workspace / "slas/tenants.yml").read_text() == FILE


def test_a_new_tenant_needs_a_vertical(workspace: Path, service: Service) -> None:
    service.run("ratelimit", "set", "corner-shop", "--tier", "standard")
    assert isinstance(service.run("tenants", "import", "--yes").exception, UsageError)


def test_thousands_of_tenants_are_one_change(workspace: Path, service: Service) -> None:
    lines = [f"  - {{id: t-{n}, name: T, vertical: retail, tier: gold}}\n" for n in range(2000)]
    (workspace / "slas/tenants.yml").write_text("tenants:\n" + "".join(lines))
    service.run("tenants", "sync", "--yes")
    before = service.api.get("policy").fields["version"]
    plan = service.asked("tenants", "sync", "--yes", "--prune")
    assert plan["moves"] == []
    assert len(tenants.tiers_at_limiter(service.api)) == 2000
    service.api.patch("tenant-tiers", body={"moves": [
        {"tenant": f"t-{n}", "before": "gold", "after": None} for n in range(2000)]})  # fmt: skip
    assert service.api.get("policy").fields["version"] == before + 1
