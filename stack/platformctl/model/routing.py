"""Where an alert goes: Alertmanager's walk through the routing tree, and what a target lacks on a site."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import assert_never

from platformctl.model.oncall import (
    EmailTarget,
    Matcher,
    MatchOp,
    OnCall,
    PagerDutyTarget,
    Route,
    SlackTarget,
    Target,
    WebhookTarget,
)
from platformctl.model.site import Site


def routes_for(route: Route, labels: Mapping[str, str]) -> tuple[Route, ...]:
    """The routes that send an alert with these labels: of the matching ones, the deepest.

    Without `continue_`, the first child that matches takes the alert away from those after it.
    """
    if not all(_holds(matcher, labels) for matcher in route.matchers):
        return ()
    found: list[Route] = []
    for child in route.routes:
        below = routes_for(child, labels)
        found += below
        if below and not child.continue_:
            break
    return tuple(found) or (route,)


def _holds(matcher: Matcher, labels: Mapping[str, str]) -> bool:
    value = labels.get(matcher.label, "")
    match matcher.op:
        case MatchOp.EQUAL:
            return value == matcher.value
        case MatchOp.NOT_EQUAL:
            return value != matcher.value
        case MatchOp.REGEX:
            return re.fullmatch(matcher.value, value) is not None
        case MatchOp.NOT_REGEX:
            return re.fullmatch(matcher.value, value) is None
        case _:
            assert_never(matcher.op)


def omitted(oncall: OnCall, site: Site) -> Iterator[tuple[str, Target, str]]:
    """The targets that cannot be used on the site: the receiver's name, the target, and what it lacks."""
    for receiver in oncall.receivers:
        for target in receiver.targets:
            if (lacks := missing(target, oncall, site)) is not None:
                yield receiver.name, target, lacks


def missing(target: Target, oncall: OnCall, site: Site) -> str | None:
    """What the target lacks on the site, as ``the secret NAME``; None when it can be used."""
    match target:
        case PagerDutyTarget(routing_key_secret=name) | SlackTarget(webhook_secret=name):
            return None if name in site.secrets else f"the secret {name}"
        case EmailTarget():
            return _missing_mail(oncall, site)
        case WebhookTarget():
            return None
        case _:
            assert_never(target)


def _missing_mail(oncall: OnCall, site: Site) -> str | None:
    if oncall.mail is None:
        return "a mail server (`mail` of ONCALL)"
    name = oncall.mail.password_secret
    return f"the secret {name}" if name and name not in site.secrets else None
