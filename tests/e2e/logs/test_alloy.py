"""The same pipelines on a real Alloy: what arrives is what the files hold, as Promtail would have brought it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from e2e.logs.conftest import REPOSITORY, last_hour
from support.watch import lay, running, site_for, until

from platformctl.model.log_query import LogLine
from platformctl.model.logs import OPERATORS
from platformctl.render.loki import organisations
from platformctl.sinks.native.discovery import discover
from platformctl.sources.definitions import load_platform
from platformctl.sources.http import HttpServer
from platformctl.sources.log_files import LogFiles
from platformctl.sources.loki import Loki
from platformctl.sources.modules import load

pytestmark = pytest.mark.e2e
NASTY = Path(__file__).parent / "nasty_lines.json"
MIGRATED = """
clients: [{{url: "http://{loki}/loki/api/v1/push", tenant_id: migrated}}]
positions: {{filename: {folder}/old-positions.yaml}}
scrape_configs:
  - job_name: files
    static_configs: [{{targets: [localhost], labels: {{service: moved, __path__: "{folder}/logs/moved.txt"}}}}]
    pipeline_stages: [{{json: {{expressions: {{level: level}}}}}}, {{labels: {{level: }}}}]
"""


def test_alloy_brings_the_lines_that_the_files_hold_and_a_promtail_files_equivalent_runs(
    tmp_path: Path,
) -> None:
    own = load_platform(REPOSITORY)
    alloy = vars(load(REPOSITORY, REPOSITORY / "compose" / "logs.py").module)["ALLOY"]
    loki = next(component for component in own.components if component.name == "loki")
    gateway = next(component for component in own.components if component.name == "gateway")
    platform = replace(own, components=(loki, alloy, gateway), areas=(), log_areas=())
    if absent := {"loki", "alloy"} - discover((loki, alloy)).programs.keys():
        pytest.skip(f"not on this machine: {', '.join(sorted(absent))}")
    site = site_for(platform, secrets=())
    lay(platform, site, tmp_path)
    _write(tmp_path)
    (tmp_path / "data" / "loki").mkdir(parents=True)
    _add_migrated(tmp_path, site.reach("loki", "http"))
    with running(loki, site, tmp_path), running(alloy, site, tmp_path):
        everybody = "|".join((*organisations(platform), "migrated"))
        server = HttpServer(site.reach("loki", "http"), 30, {"X-Scope-OrgID": everybody})
        reader = Loki(server=server)
        moved = until(lambda: list(reader.lines(last_hour(service="moved"))), "the line of the migrated file")
        assert [line.level for line in moved] == ["warning"]
        files = LogFiles(pipelines=platform.log_pipelines, folders={"": tmp_path / "logs"})
        held = _told(files.lines(last_hour()))
        until(lambda: len(list(reader.lines(last_hour()))) > held.total() or None, "all lines in Loki")
        assert _told(reader.lines(last_hour())) == held
        operators = Loki(server=HttpServer(site.reach("loki", "http"), 30, {"X-Scope-OrgID": OPERATORS}))
        graves = Counter({line: count for line, count in held.items() if _is_copied(line)})
        assert len(graves) >= 2
        until(lambda: _told(operators.lines(last_hour())) == graves or None, "the operators' copy")


def _write(folder: Path) -> None:
    (folder / "logs").mkdir()
    lines = [json.dumps(case["line"]) for case in json.loads(NASTY.read_text())]
    lines.append(
        json.dumps({"timestamp": datetime.now(UTC).isoformat(), "tenant": "lumiere", "service": "api"})
    )
    (folder / "logs" / "audit.log").write_text("".join(f"{line}\n" for line in lines))
    (folder / "logs" / "api.log").write_text('{"tenant": "lumiere", "level": "FATAL", "event": "gone"}\n')
    (folder / "logs" / "worker.log").write_text(
        'ERROR: boom\nTraceback (most recent call last):\n  File "x"\n'
    )


def _add_migrated(folder: Path, loki: str) -> None:
    """Put the equivalent of a Promtail file beside our own configuration."""
    from platformctl.app.migrate import promtail_to_alloy

    old = folder / "promtail.yml"
    old.write_text(MIGRATED.format(folder=folder, loki=loki))
    (folder / "logs" / "moved.txt").write_text('{"level": "warning"}\n')
    config = folder / "current" / "alloy" / "config.alloy"
    config.write_text(f"{config.read_text()}\n{promtail_to_alloy(old).text}")


def _is_copied(line: tuple[str, ...]) -> bool:
    _, _, level, text = line
    return level in ("error", "critical") or "Traceback (most" in text or '"exception": [{' in text


def _told(lines: Iterable[LogLine]) -> Counter[tuple[str, ...]]:
    return Counter(
        (line.tenant, line.service, line.level, line.text) for line in lines if line.service != "moved"
    )
