"""What is shown of the live state, whatever the servers say."""

import pytest

from platformctl.app.runbook_live import AlertState, Live
from platformctl.sources.alertmanager import Silence, SilenceMatcher
from platformctl.sources.prometheus import FiringAlert
from platformctl_cli.runbook_report import show_live

HOSTILE = "corner\x1b[2J\x07gym\nfirst line of a lie"


def instance(tenant: str) -> FiringAlert:
    return FiringAlert(
        name="ErrorBudgetBurnFast",
        state="firing",
        labels={"alertname": "ErrorBudgetBurnFast", "tenant": tenant},
        summary=f"{tenant} burns its budget.",
        value="1.44e+01",
        active_since="2026-11-23T12:34:35.123456789Z",
    )


def shown(live: Live, capsys: pytest.CaptureFixture[str]) -> str:
    show_live(live)
    return capsys.readouterr().out


def test_what_comes_from_outside_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    matcher = SilenceMatcher(label="tenant", value=HOSTILE, is_regex=False, is_equal=True)
    silence = Silence(
        id="1",
        state="active",
        matchers=(matcher,),
        comment=HOSTILE,
        created_by=HOSTILE,
        starts_at="",
        ends_at="2026-11-23T13:00:00Z",
    )
    live = Live(
        alert="ErrorBudgetBurnFast",
        state=AlertState.FIRING,
        instances=(instance(HOSTILE),),
        silences=(silence,),
    )
    out = shown(live, capsys)
    assert "\x1b" not in out and "\x07" not in out
    assert len(out.splitlines()) == 4  # state, instance, tenants, silence


def test_a_thousand_tenants_are_counted_and_not_listed(capsys: pytest.CaptureFixture[str]) -> None:
    instances = tuple(instance(f"tenant-{number:04}") for number in range(1000))
    live = Live(alert="ErrorBudgetBurnFast", state=AlertState.FIRING, instances=instances)
    lines = shown(live, capsys).splitlines()
    assert len(lines) < 20
    assert lines[1].endswith("value 14.4 {tenant=tenant-0000}: tenant-0000 burns its budget.")
    assert lines[-2] == "  and 990 more"
    assert lines[-1].endswith("tenant-0009 and 990 more")
