"""The ends of a route: PagerDuty, Slack, mail and webhooks, as Alertmanager writes them."""

from __future__ import annotations

from typing import Final, assert_never

from platformctl.model.oncall import (
    EmailTarget,
    PagerDutyTarget,
    SlackTarget,
    Target,
    WebhookTarget,
)
from platformctl.model.site import Site

_LINKS: Final = (("Runbook", "runbook"), ("Dashboard", "dashboard"), ("Logs", "logs"))


def target_config(target: Target, site: Site) -> tuple[str, dict[str, object]]:
    """The key of Alertmanager's list for this kind of target, and its entry."""
    match target:
        case PagerDutyTarget():
            return "pagerduty_configs", _pagerduty(
                target, f"{site.secrets_folder}/{target.routing_key_secret}"
            )
        case SlackTarget(channel=channel, webhook_secret=name):
            return "slack_configs", _slack(channel, f"{site.secrets_folder}/{name}")
        case EmailTarget(to=to):
            return "email_configs", _email(to)
        case WebhookTarget(url=url):
            return "webhook_configs", {"url": url}
        case _:
            assert_never(target)


def _pagerduty(target: PagerDutyTarget, routing_key_file: str) -> dict[str, object]:
    """An Events API v2 entry. The dedup key is Alertmanager's group key: one incident a group."""
    return {
        "routing_key_file": routing_key_file,
        **({"url": target.events_url} if target.events_url else {}),
        "severity": '{{ template "platform.pagerduty.severity" . }}',
        "description": '{{ template "platform.title" . }}',
        "client": "Alertmanager",
        "client_url": '{{ template "platform.alertmanager" . }}',
        "class": "{{ .CommonLabels.alertname }}",
        "component": "{{ .CommonLabels.job }}",
        "group": "{{ .CommonLabels.team }}",
        "details": {
            "summary": '{{ template "platform.summary" . }}',
            "firing": '{{ template "platform.firing" . }}',
            "num_firing": "{{ .Alerts.Firing | len }}",
            "num_resolved": "{{ .Alerts.Resolved | len }}",
            "team": "{{ .CommonLabels.team }}",
        },
        "images": [  # Alertmanager leaves one without an address out
            {
                "src": '{{ template "platform.image" . }}',
                "href": '{{ template "platform.dashboard" . }}',
                "alt": '{{ template "platform.title" . }}',
            }
        ],
        "links": [{"href": f'{{{{ template "platform.{name}" . }}}}', "text": text} for text, name in _LINKS],
    }


def _slack(channel: str, url_file: str) -> dict[str, object]:
    return {
        "api_url_file": url_file,
        "channel": channel,
        "color": '{{ template "platform.slack.color" . }}',
        "title": '{{ template "platform.title" . }}',
        "title_link": '{{ template "platform.alertmanager" . }}',
        "fallback": '{{ template "platform.title" . }}',
        "text": '{{ template "platform.slack.text" . }}',
        "image_url": '{{ template "platform.image" . }}',
    }


def _email(to: str) -> dict[str, object]:
    return {
        "to": to,
        "headers": {"Subject": '{{ template "platform.title" . }}'},
        "text": '{{ template "platform.text" . }}',
        "html": "",
    }
