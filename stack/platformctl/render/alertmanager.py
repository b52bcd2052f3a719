"""alertmanager.yml: who is told of which alert, when, and how. Valid for 0.25 and for 0.28."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from platformctl.model.artifact import Artifact
from platformctl.model.oncall import (
    Inhibition,
    MailServer,
    Matcher,
    MatchOp,
    OnCall,
    QuietHours,
    Receiver,
    Route,
)
from platformctl.model.platform import Platform
from platformctl.model.rollout import SHADOW, SHADOW_LABEL
from platformctl.model.routing import missing
from platformctl.model.site import Site
from platformctl.render._yaml import yaml_artifact
from platformctl.render.alert_templates import ALERTMANAGER_URL, TEMPLATES
from platformctl.render.links import external_url
from platformctl.render.targets import target_config

CONFIG: Final = "alertmanager/alertmanager.yml"
_NOT_IN_SHADOW: Final = Matcher(SHADOW_LABEL, SHADOW, MatchOp.NOT_EQUAL)
"""An alert in shadow silences nothing."""

_TEMPLATE_FILE: Final = "alertmanager/templates/platform.tmpl"


def render(platform: Platform, site: Site) -> Iterator[Artifact]:
    """The configuration and its message templates. Targets whose secret the site lacks are left out."""
    oncall = platform.oncall
    yield yaml_artifact(
        CONFIG,
        {
            "global": _global(oncall.mail, site),
            "templates": ["templates/*.tmpl"],
            "route": _route(oncall.route),
            "inhibit_rules": [_inhibition(i) for i in oncall.inhibitions],
            "time_intervals": [_quiet_hours(q) for q in oncall.quiet_hours],
            "receivers": [_receiver(r, oncall, site) for r in oncall.receivers],
        },
    )
    yield Artifact(_TEMPLATE_FILE, _templates(site).encode())


def _templates(site: Site) -> str:
    """The templates with the address at which a person opens Alertmanager, not the one it thinks it has."""
    own = external_url(site, "alertmanager") if site.has("alertmanager") else "{{ .ExternalURL }}"
    return TEMPLATES.replace(ALERTMANAGER_URL, own)


def _global(mail: MailServer | None, site: Site) -> dict[str, object]:
    settings: dict[str, object] = {"resolve_timeout": "5m"}
    if mail is None:
        return settings
    settings |= {
        "smtp_smarthost": mail.smarthost,
        "smtp_from": mail.sender,
        "smtp_require_tls": mail.require_tls,
    }
    if mail.username:
        settings["smtp_auth_username"] = mail.username
    if mail.password_secret and mail.password_secret in site.secrets:
        settings["smtp_auth_password_file"] = f"{site.secrets_folder}/{mail.password_secret}"
    return settings


def _route(route: Route) -> dict[str, object]:
    body: dict[str, object] = {"receiver": route.receiver}
    if route.matchers:
        body["matchers"] = _matchers(route.matchers)
    body |= {
        "group_by": list(route.group_by),
        "group_wait": str(route.group_wait),
        "group_interval": str(route.group_interval),
        "repeat_interval": str(route.repeat_interval),
    }
    if route.continue_:
        body["continue"] = True
    if route.mute_times:
        body["mute_time_intervals"] = list(route.mute_times)
    if route.routes:
        body["routes"] = [_route(child) for child in route.routes]
    return body


def _matchers(matchers: tuple[Matcher, ...]) -> list[str]:
    return [f"{m.label}{m.op}{_quoted(m.value)}" for m in matchers]


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _inhibition(inhibition: Inhibition) -> dict[str, object]:
    body: dict[str, object] = {
        "source_matchers": _matchers((*inhibition.source, _NOT_IN_SHADOW)),
        "target_matchers": _matchers(inhibition.target),
    }
    if inhibition.equal:
        body["equal"] = list(inhibition.equal)
    return body


def _quiet_hours(quiet: QuietHours) -> dict[str, object]:
    """One named interval. Hours that cross midnight become two ranges of the same weekdays."""
    ranges = [(quiet.start, quiet.end)]
    if quiet.start >= quiet.end:
        ranges = [
            (start, end) for start, end in (("00:00", quiet.end), (quiet.start, "24:00")) if start != end
        ]
    return {
        "name": quiet.name,
        "time_intervals": [
            {
                "times": [{"start_time": start, "end_time": end} for start, end in ranges],
                "weekdays": list(quiet.weekdays),
                "location": quiet.time_zone,
            }
        ],
    }


def _receiver(receiver: Receiver, oncall: OnCall, site: Site) -> dict[str, object]:
    body: dict[str, object] = {"name": receiver.name}
    configs: dict[str, list[dict[str, object]]] = {}
    for target in receiver.targets:
        if missing(target, oncall, site) is None:
            kind, config = target_config(target, site)
            configs.setdefault(kind, []).append({"send_resolved": receiver.send_resolved, **config})
    return body | configs
