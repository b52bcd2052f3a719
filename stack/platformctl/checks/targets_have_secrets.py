"""Every target of a receiver can be used on this site."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.model.platform import Platform
from platformctl.model.problem import Level, Problem
from platformctl.model.routing import omitted
from platformctl.model.site import Site


def targets_have_secrets(platform: Platform, site: Site) -> Iterator[Problem]:
    """A warning for each thing that is lacking, with the targets that alertmanager.yml is without."""
    left_out: dict[str, list[str]] = {}
    for receiver, target, lacks in omitted(platform.oncall, site):
        kind = type(target).__name__.removesuffix("Target")
        left_out.setdefault(lacks, []).append(f"{kind} of {receiver}")
    for lacks, targets in left_out.items():
        yield Problem(
            check="targets_have_secrets",
            what=f"{lacks} is missing, so nobody is told by: {', '.join(targets)}",
            where="alerts_src/oncall.py",
            fix=_fix(lacks),
            level=Level.WARNING,
        )


def _fix(lacks: str) -> str:
    secret = lacks.removeprefix("the secret ")
    if secret == lacks:
        return "set it in alerts_src/oncall.py"
    return f"write it to .platformctl/secrets/{secret} (mode 0600), then: platformctl deploy"
