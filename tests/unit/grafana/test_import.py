"""A dashboard from Grafana becomes a definition: whole where we can say it, raw where not, and told either way."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest

from platformctl.app.dashboard_import import Wanted, import_dashboard
from platformctl.app.session import Request
from platformctl.errors import PlatformError, UsageError
from platformctl.model.dashboard import Dashboard
from platformctl.model.dashboard_raw import RawPanel
from platformctl.render.grafana_dashboard import to_json
from platformctl.render.grafana_source import module_text
from platformctl.sources import modules
from platformctl.sources.grafana_dashboard import read_dashboard

MAP = {
    "type": "geomap",
    "title": "Where are they?",
    "description": "Where do our visitors come from?",
    "gridPos": {"x": 0, "y": 1, "w": 12, "h": 9},
    "id": 7,
    "datasource": {"type": "prometheus", "uid": "abc123"},
    "targets": [{"expr": "sum by (country) (visitors)", "refId": "A", "legendFormat": "{{country}}"}],
    "options": {"view": {"id": "zero"}},
    "fieldConfig": {"defaults": {"unit": "short"}, "overrides": []},
}
SMALL = {"title": "Small", "uid": "small", "schemaVersion": 42, "panels": [MAP], "tags": ["business"]}


def read(tree: object) -> tuple[Dashboard, tuple[str, ...]]:
    found = read_dashboard(json.dumps(tree), where="x.json")
    return found.dashboard, found.notes


def again(dashboard: Dashboard, folder: Path) -> Dashboard:
    """The dashboard that its module's text makes, loaded as every content module is."""
    path = folder / "dashboards_src" / "brought.py"
    path.parent.mkdir(exist_ok=True)
    path.write_text(module_text(dashboard))
    (made,) = modules.load(folder, path).values("DASHBOARDS", Dashboard)
    return made


def test_what_we_render_comes_back_the_same(
    shipped: tuple[Dashboard, ...],
    every_kind: Dashboard,
    tmp_path: Path,
) -> None:
    assert len(shipped) >= 14
    for dashboard in (*shipped, every_kind):
        rendered = to_json(dashboard)
        brought, notes = read(rendered)
        assert notes == ()
        assert not [panel for panel in brought.panels if isinstance(panel, RawPanel)]
        assert to_json(again(brought, tmp_path)) == rendered


def test_what_grafana_fills_in_when_it_saves_is_no_change(every_kind: Dashboard) -> None:
    tree = saved(to_json(every_kind))
    brought, notes = read(tree)
    assert notes == ()
    assert to_json(brought) == to_json(every_kind)


def saved(tree: dict) -> dict:
    """As Grafana saves it: an id, a version, the editor's defaults, the last choice, datasources of one place."""
    text = json.dumps(tree).replace('"uid": "${datasource}"', '"uid": "PBFA97CFB590B2093"')
    out = json.loads(text) | {"id": 12, "version": 5, "fiscalYearStartMonth": 0, "preload": False}
    for panel in out["panels"]:
        if panel["type"] == "timeseries":
            custom = panel["fieldConfig"]["defaults"]["custom"]
            custom |= {"axisLabel": "", "lineWidth": 1, "barWidthFactor": 0.6, "spanNulls": False}
            panel["fieldConfig"]["defaults"]["thresholds"]["steps"][0] = {"color": "green", "value": 0}
        if panel["type"] != "row":
            panel["pluginVersion"] = "12.3.1"
    out["templating"]["list"][-1]["query"] = {
        "qryType": 1,
        "query": out["templating"]["list"][-1]["query"],
        "refId": "PrometheusVariableQueryEditor-VariableQuery",
    }
    return out


def test_a_change_by_hand_that_we_can_say_is_said(every_kind: Dashboard) -> None:
    tree = to_json(every_kind)
    graph = next(panel for panel in tree["panels"] if panel["type"] == "timeseries")
    graph["fieldConfig"]["defaults"]["unit"] = "bytes"
    graph["targets"][0]["expr"] = "sum(up)"
    brought, notes = read(tree)
    (panel,) = (p for p in brought.panels if p.title == graph["title"])
    assert (panel.unit, panel.queries[0].expr, notes) == ("bytes", "sum(up)", ())


def test_a_change_that_we_cannot_say_keeps_the_panel_raw_and_says_why(every_kind: Dashboard) -> None:
    tree = to_json(every_kind)
    graph = next(panel for panel in tree["panels"] if panel["type"] == "timeseries")
    graph["fieldConfig"]["defaults"]["custom"]["lineWidth"] = 3
    brought, notes = read(tree)
    assert notes == (
        f"panel {graph['title']!r} is kept raw: fieldConfig.defaults.custom.lineWidth is not ours to say",
    )
    assert to_json(brought) == tree


def test_a_panel_of_another_type_is_kept_whole_and_its_queries_are_seen(tmp_path: Path) -> None:
    brought, notes = read(SMALL)
    (panel,) = brought.panels
    assert isinstance(panel, RawPanel)
    assert [query.expr for query in panel.queries] == ["sum by (country) (visitors)"]
    assert "panel 'Where are they?' is kept raw: its type 'geomap' is none of ours" in notes
    rendered = to_json(again(brought, tmp_path))["panels"][1]
    ours = {"gridPos", "id", "datasource"}
    assert {k: v for k, v in rendered.items() if k not in ours} == {
        k: v for k, v in MAP.items() if k not in ours
    }
    assert rendered["datasource"] == {"type": "prometheus", "uid": "${datasource}"}


def test_a_library_panel_and_a_repeated_one_are_kept_raw() -> None:
    library = {"id": 3, "gridPos": MAP["gridPos"], "title": "L", "libraryPanel": {"uid": "u", "name": "n"}}
    repeated = MAP | {"title": "R", "repeat": "tenant", "gridPos": {"x": 0, "y": 30, "w": 8, "h": 8}}
    brought, notes = read(SMALL | {"panels": [library, repeated]})
    trees = to_json(brought)["panels"][1:]
    assert trees[0]["libraryPanel"] == {"uid": "u", "name": "n"}
    assert trees[1]["repeat"] == "tenant"
    assert any("library" in note for note in notes)


def test_what_is_lost_is_told() -> None:
    custom = {"name": "env", "type": "custom", "query": "a,b"}
    tree = SMALL | {
        "templating": {"list": [custom]},
        "annotations": {
            "list": [{"name": "Deploys", "datasource": {"type": "loki"}, "expr": "x", "iconColor": "#f00"}]
        },
        "links": [{"title": "All", "type": "dashboards", "tags": ["x"]}],
        "timezone": "utc",
        "time": {"from": "now/d", "to": "now/d"},
    }
    _, notes = read(tree)
    told = "\n".join(notes)
    for lost in ("'env' (type 'custom')", "'Deploys'", "'All' (type 'dashboards')", "timezone", "time {"):
        assert lost in told


def test_rows_closed_open_and_without_name_keep_their_panels() -> None:
    def at(y: int, **more: object) -> dict:
        return {
            "type": "row",
            "title": "",
            "gridPos": {"x": 0, "y": y, "w": 24, "h": 1},
            "panels": [],
            **more,
        }

    below = MAP | {"gridPos": {"x": 0, "y": 40, "w": 8, "h": 8}}
    tree = SMALL | {
        "panels": [
            at(20, collapsed=True, panels=[MAP | {"title": ""}, MAP, MAP]),
            at(30, title="Open"),
            below,
            MAP,
        ]
    }
    brought, notes = read(tree)
    assert [(row.title, row.collapsed, len(row.panels)) for row in brought.rows] == [
        ("Overview", False, 1),
        ("Untitled", True, 3),
        ("Open", False, 1),
    ]
    assert [panel.title for panel in brought.rows[1].panels] == [
        "Untitled",
        "Where are they?",
        "Where are they? (2)",
    ]
    assert "row '' is now 'Untitled'" in notes


@pytest.mark.parametrize(
    "nasty",
    [
        '"""\nimport os; os.abort()\n"""',
        'it\'s "both" \\ {x} %s',
        "')\nraise SystemExit(1)\n('",
        "line\r\nsecond\u2028third",
        "\x00\x1b[31mred\u202e",
        "${jndi:x} {{label}}",
    ],
)
def test_nothing_that_a_dashboard_says_becomes_code(nasty: str, tmp_path: Path) -> None:
    panel = copy.deepcopy(MAP) | {"title": f"t{nasty}", "description": f"d{nasty}"}
    panel["targets"][0]["expr"] = nasty
    panel[nasty] = nasty
    stat = {"type": "text", "title": f"s{nasty}", "options": {"content": nasty}, "gridPos": MAP["gridPos"]}
    tree = SMALL | {
        "title": f"T{nasty}",
        "description": nasty,
        "uid": nasty,
        "tags": [nasty],
        "panels": [panel, stat],
    }
    brought, _ = read(tree)
    assert again(brought, tmp_path) == brought
    assert all(line.isprintable() for line in module_text(brought).split("\n"))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "not JSON"),
        ("<html>", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ('{"title": NaN}', "not JSON"),
        ('{"title": "\\ud800"}', "lone surrogate"),
        ("[]", "holds no dashboard"),
        ('{"title": "x", "schemaVersion": 12, "rows": []}', "schema version 12"),
        ('{"title": "x", "panels": []}', "schema version None"),
        ('{"title": "x", "schemaVersion": 42}', "no panels"),
        ('{"apiVersion": "dashboard.grafana.app/v2", "spec": {"title": "x", "elements": {}}}', "V2"),
        ('{"title": "x", "schemaVersion": 42, "panels": [3]}', "not shaped"),
        ('{"title": "x", "schemaVersion": 42, "panels": [{"type": "stat", "gridPos": {"w": 99}}]}', "grid"),
        ('{"title": "x", "schemaVersion": 42, "panels": [], "templating": {"list": [1]}}', "not shaped"),
    ],
)
def test_what_is_no_dashboard_is_refused_by_name(text: str, says: str) -> None:
    with pytest.raises(PlatformError, match=says) as refused:
        read_dashboard(text, where="x.json")
    assert refused.value.where == "x.json"


def test_the_answer_of_the_api_is_read_too() -> None:
    brought, _ = read({"meta": {"version": 3}, "dashboard": SMALL})
    assert brought.uid == "small"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    for name in ("alerts_src", "compose", "dashboards_src"):
        (tmp_path / name).mkdir()
    sample = Path(__file__).parents[2] / "platform"
    for path in sample.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            target = tmp_path / path.relative_to(sample)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    return tmp_path


def test_a_module_that_is_there_is_replaced_only_when_asked(workspace: Path) -> None:
    file, request = workspace / "small.json", Request(workspace=workspace)
    file.write_text(json.dumps(SMALL))
    done = import_dashboard(request, Wanted(file=file))
    assert (done.path, done.panels, done.raw) == (workspace / "dashboards_src" / "small.py", 1, 1)
    file.write_text(json.dumps(SMALL | {"description": "Anew?"}))
    with pytest.raises(PlatformError, match="already"):
        import_dashboard(request, Wanted(file=file))
    assert "Anew?" not in done.path.read_text()
    assert "Anew?" in import_dashboard(request, Wanted(file=file, write=False)).text
    import_dashboard(request, Wanted(file=file, replace=True))
    assert "Anew?" in done.path.read_text()
    added = import_dashboard(request, Wanted(file=file, uid="other"))
    assert added.path.name == "other.py"


def test_a_uid_that_leads_out_of_the_folder_is_refused(workspace: Path) -> None:
    file = workspace / "small.json"
    file.write_text(json.dumps(SMALL | {"uid": "../../etc/x"}))
    done = import_dashboard(Request(workspace=workspace), Wanted(file=file))
    assert done.path == workspace / "dashboards_src" / "small.py"
    with pytest.raises(UsageError, match="no name for a dashboard"):
        import_dashboard(Request(workspace=workspace), Wanted(file=file, uid="../x"))


@pytest.mark.parametrize(
    "added", [{"repeat": "tenant"}, {"timeFrom": "1h"}, {"interval": "5m"}, {"transparent": True}]
)
def test_a_setting_that_we_have_no_word_for_is_not_dropped(
    added: dict[str, object], every_kind: Dashboard
) -> None:
    tree = to_json(every_kind)
    graph = next(panel for panel in tree["panels"] if panel["type"] == "timeseries")
    graph |= added
    brought, notes = read(tree)
    assert notes == (f"panel {graph['title']!r} is kept raw: {next(iter(added))} is not ours to say",)
    assert to_json(brought) == tree
