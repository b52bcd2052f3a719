"""``platformctl rollback``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from platformctl_cli.options import JsonOption, RuntimeOption, WorkspaceOption, YesOption

if TYPE_CHECKING:
    from platformctl.plan import Plan


def rollback(
    release: Annotated[
        int | None,
        typer.Argument(help="The number of the release; without it, the one before.", show_default=False),
    ] = None,
    workspace: WorkspaceOption = None,
    runtime: RuntimeOption = None,
    yes: YesOption = False,
    json: JsonOption = False,
) -> None:
    """Have an earlier release serve again, verified as a deployment is. Data is kept; definitions stay as they are.

    \b
    Examples:
      platformctl rollback
      platformctl rollback 7 --yes
    """
    from platformctl.app.applying import Talk
    from platformctl.app.interrupts import end_by_exception
    from platformctl.app.rollback import roll_back
    from platformctl.app.session import Request
    from platformctl.model.site import RuntimeName
    from platformctl_cli import show
    from platformctl_cli.ask import confirm
    from platformctl_cli.report import change_lines

    def ask(plan: Plan) -> bool:
        for line in change_lines(plan, diffs=False):
            show.say(line)
        return confirm("Apply?", yes=yes)

    chosen = RuntimeName(runtime) if runtime else None
    end_by_exception()
    with show.waiting() as (say, wait):
        request = Request(workspace=workspace, start=Path.cwd(), runtime=chosen)
        done = roll_back(request, release, Talk(say=say, wait=wait), ask)
    if json:
        show.as_json({"release": done.release, "applied": done.applied, "empty": done.plan.is_empty})
    elif done.applied:
        show.result(f"release {done.release} serves; the next deploy applies the definitions again")
    else:
        show.result(f"release {done.release} serves already" if done.plan.is_empty else "nothing was changed")
