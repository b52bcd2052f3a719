"""What a component wrote."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.app.session import Request, open_session
from platformctl.errors import UsageError


def log_lines(request: Request, component: str, *, tail: int, follow: bool) -> Iterator[str]:
    """The component's last lines, and with `follow` those to come; raises `UsageError` for an unknown one."""
    runtime = open_session(request).runtime
    known = runtime.running()
    if not known:
        raise UsageError("nothing runs here", fix="platformctl deploy")
    if component not in known:
        raise UsageError(
            f"no component {component!r} runs here", fix=f"use one of: {', '.join(sorted(known))}"
        )
    return runtime.log_lines(component, tail=tail, follow=follow)
