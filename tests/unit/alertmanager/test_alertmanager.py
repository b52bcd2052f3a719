"""alertmanager.yml: the routes, the targets, and what is left out of it."""

from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from support import sample
from support.amtool import amtool, lay
from support.sites import native_site

from platformctl.model.oncall import QuietHours
from platformctl.model.platform import Platform
from platformctl.model.site import Site
from platformctl.render import alertmanager


def config(platform: Platform, site: Site) -> dict[str, object]:
    files = {artifact.path: artifact for artifact in alertmanager.render(platform, site)}
    loaded: dict[str, object] = yaml.safe_load(files["alertmanager/alertmanager.yml"].content)
    return loaded


def targets(site: Site) -> dict[str, list[str]]:
    """The kinds of targets of each receiver."""
    receivers = config(sample.PLATFORM, site)["receivers"]
    assert isinstance(receivers, list)
    return {r["name"]: sorted(key for key in r if key != "name") for r in receivers}


def test_alertmanager_accepts_every_kind_of_target(tmp_path: Path) -> None:
    path = lay(sample.PLATFORM, native_site(sample.PLATFORM, secrets=sample.SECRETS), tmp_path)
    done = amtool("check-config", str(path))
    assert done.returncode == 0, done.stdout + done.stderr


def test_targets_without_their_secret_are_left_out() -> None:
    assert targets(native_site(sample.PLATFORM, secrets=sample.SECRETS)) == {
        "page-shop": ["pagerduty_configs", "slack_configs"],
        "tickets-shop": ["email_configs", "webhook_configs"],
        "shown-only": [],
    }
    assert targets(native_site(sample.PLATFORM, secrets=("slack-webhook",))) == {
        "page-shop": ["slack_configs"],
        "tickets-shop": ["webhook_configs"],
        "shown-only": [],
    }


def test_the_configuration_without_any_secret_still_loads(tmp_path: Path) -> None:
    path = lay(sample.PLATFORM, native_site(sample.PLATFORM), tmp_path)
    assert amtool("check-config", str(path)).returncode == 0


def test_no_secret_is_in_the_configuration() -> None:
    site = native_site(sample.PLATFORM, secrets=sample.SECRETS)
    text = yaml.safe_dump(config(sample.PLATFORM, site))
    assert "routing_key_file: secrets/pagerduty-shop" in text
    assert "routing_key:" not in text
    assert "api_url:" not in text


@pytest.mark.parametrize(
    ("start", "end", "ranges"),
    [
        ("09:00", "17:00", [("09:00", "17:00")]),
        ("20:00", "07:30", [("00:00", "07:30"), ("20:00", "24:00")]),
        ("00:00", "24:00", [("00:00", "24:00")]),
        ("18:00", "00:00", [("18:00", "24:00")]),
    ],
)
def test_quiet_hours_may_cross_midnight(start: str, end: str, ranges: list[tuple[str, str]]) -> None:
    quiet = QuietHours(name="nights", weekdays=("saturday",), start=start, end=end, time_zone="UTC")
    platform = replace(sample.PLATFORM, oncall=replace(sample.ONCALL, quiet_hours=(quiet,)))
    intervals = config(platform, native_site(platform))["time_intervals"]
    assert isinstance(intervals, list)
    (interval,) = intervals[0]["time_intervals"]
    assert [(t["start_time"], t["end_time"]) for t in interval["times"]] == ranges


def test_messages_link_to_alertmanager_where_a_person_finds_it() -> None:
    files = {a.path: a for a in alertmanager.render(sample.PLATFORM, native_site(sample.PLATFORM))}
    text = files["alertmanager/templates/platform.tmpl"].content.decode()
    assert "http://127.0.0.1:19001/#/alerts?receiver=" in text
    assert "@" not in text
