"""What a person reads in a page: the message templates, rendered by Alertmanager's own engine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support import sample
from support.amtool import amtool, lay
from support.sites import native_site


def alert(at: int = 0, *, status: str = "firing", **labels: str) -> dict[str, object]:
    return {
        "status": status,
        "labels": {"alertname": "TenantSlow", "severity": "critical", **labels},
        "annotations": {
            "summary": f"Tenant {at} is slow.",
            "description": f"{at} of 100.",
            "runbook_url": "http://books/TenantSlow.txt",
            "dashboard_url": "http://grafana/d/tenant-detail?orgId=1&var-tenant=inn%3C1%3E",
            "logs_url": "http://grafana/explore?panes=1",
        },
        "startsAt": "2026-11-23T14:00:00Z",
        "endsAt": "2026-11-23T15:00:00Z",
    }


def rendered(folder: Path, template: str, *alerts: dict[str, object], status: str = "firing") -> str:
    """The template's text for a group of alerts."""
    path = lay(sample.PLATFORM, native_site(sample.PLATFORM), folder)
    common = {"alertname": "TenantSlow", "severity": "critical"}
    labels = [one["labels"] for one in alerts]
    shared = {k: v for k, v in labels[0].items() if all(at.get(k) == v for at in labels)}  # type: ignore[union-attr,attr-defined]
    data = {
        "receiver": "page-shop", "status": status, "alerts": alerts, "groupLabels": common,
        "commonLabels": shared, "commonAnnotations": {}, "externalURL": "http://unused",
    }  # fmt: skip
    (folder / "data.json").write_text(json.dumps(data))
    done = amtool(
        "template", "render", f"--template.glob={path.parent}/templates/*.tmpl",
        f"--template.text={{{{ template \"{template}\" . }}}}", f"--template.data={folder}/data.json",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.removesuffix("\n")


def test_the_title_says_how_bad_what_where_and_how_many(tmp_path: Path) -> None:
    assert rendered(tmp_path, "platform.title", alert(job="api")) == "[critical] TenantSlow on api"
    many = (alert(1, job="api"), alert(2, job="api"))
    assert rendered(tmp_path, "platform.title", *many) == "[critical] TenantSlow on api (2 firing)"
    done = rendered(tmp_path, "platform.title", alert(status="resolved", job="api"), status="resolved")
    assert done == "[resolved] TenantSlow on api"


@pytest.mark.parametrize(
    ("severity", "pagerduty"),
    [("critical", "critical"), ("warning", "warning"), ("info", "info"), ("none", "info")],
)
def test_pagerduty_gets_a_severity_that_it_knows(tmp_path: Path, severity: str, pagerduty: str) -> None:
    assert rendered(tmp_path, "platform.pagerduty.severity", alert(severity=severity)) == pagerduty


def test_an_incident_of_a_thousand_tenants_is_one_short_message(tmp_path: Path) -> None:
    text = rendered(tmp_path, "platform.firing", *(alert(at, tenant=f"t{at}") for at in range(1000)))
    assert text.count("is slow.") == 20
    assert text.endswith("and more: 1000 in all")


def test_the_dashboard_opens_at_the_tenant_half_an_hour_before_the_alert(tmp_path: Path) -> None:
    link = rendered(tmp_path, "platform.dashboard", alert(tenant="inn<1>"))
    assert link == ("http://grafana/d/tenant-detail?orgId=1&var-tenant=inn%3C1%3E&from=1795440600000&to=now")


def test_a_mail_has_everything_a_person_needs(tmp_path: Path) -> None:
    text = rendered(tmp_path, "platform.text", alert(7, tenant="inn"))
    for wanted in (
        "[critical] TenantSlow",
        "Tenant 7 is slow. 7 of 100.",
        "Runbook: http://books/",
        "Logs: http",
    ):
        assert wanted in text
