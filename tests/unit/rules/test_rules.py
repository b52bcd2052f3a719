"""Rule files, the jobs they expect, and the links in their annotations."""

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import yaml
from support import sample
from support.sites import native_site

from platformctl.model.platform import Platform
from platformctl.model.site import Site
from platformctl.render import rules
from platformctl.render.links import alert_annotations


def rule_file(platform: Platform, site: Site, name: str) -> list[dict[str, object]]:
    files = {artifact.path: artifact for artifact in rules.render(platform, site)}
    groups: list[dict[str, object]] = yaml.safe_load(files[f"prometheus/rules/{name}.yml"].content)["groups"]
    return groups


def test_recording_rules_and_alerts_are_groups_of_their_own() -> None:
    groups = rule_file(sample.PLATFORM, native_site(sample.PLATFORM), "shop")
    assert [group["name"] for group in groups] == ["shop-recording", "shop-alerts"]


def test_the_number_of_rules_does_not_grow_with_tenants() -> None:
    many = replace(
        sample.PLATFORM,
        tenants=tuple(replace(sample.PLATFORM.tenants[0], id=f"tenant-{at}") for at in range(1000)),
    )
    site = native_site(many)
    assert list(rules.render(many, site)) == list(rules.render(sample.PLATFORM, site))


def test_a_job_is_expected_only_where_it_runs() -> None:
    site = native_site(sample.PLATFORM, without=("shop",))
    (group,) = rule_file(sample.PLATFORM, site, "expected-jobs")
    assert isinstance(group["rules"], list)
    assert [rule["labels"]["job"] for rule in group["rules"]] == ["prometheus", "alertmanager"]


def test_without_grafana_an_alert_links_to_its_runbook_only() -> None:
    annotations = alert_annotations(sample.SHOP_DOWN, native_site(sample.PLATFORM))
    assert sorted(annotations) == ["description", "runbook_url", "summary"]
    assert annotations["runbook_url"] == "http://127.0.0.1:19000/user/runbooks/ShopDown.html"


def test_the_dashboard_link_is_filled_from_the_labels_of_the_alert() -> None:
    annotations = alert_annotations(sample.SHOP_DOWN, native_site(sample.with_grafana()))
    assert annotations["dashboard_url"] == (
        "http://127.0.0.1:19003/d/shop?orgId=1&var-service={{ $labels.job | urlquery }}"
    )


def test_the_log_link_holds_the_query_with_only_the_label_left_open() -> None:
    link = alert_annotations(sample.SHOP_DOWN, native_site(sample.with_grafana()))["logs_url"]
    opened = urlsplit(link.replace("{{ $labels.job | urlquery }}", "shop%20%26%20co"))
    (panes,) = parse_qs(opened.query)["panes"]
    assert '"expr":"{service=\\"shop & co\\"}"' in panes
