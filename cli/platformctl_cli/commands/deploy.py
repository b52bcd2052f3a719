"""``platformctl deploy``."""

from __future__ import annotations

from pathlib import Path

from platformctl_cli.options import DemoOption, JsonOption, RuntimeOption, WorkspaceOption, YesOption


def deploy(
    workspace: WorkspaceOption = None,
    runtime: RuntimeOption = None,
    demo: DemoOption = True,
    yes: YesOption = False,
    json: JsonOption = False,
) -> None:
    """Bring the stack up, or up to date: check, plan, ask, apply, verify; roll back when it fails.

    Without a terminal it needs --yes. A second run changes nothing.

    \b
    Examples:
      platformctl deploy
      platformctl deploy --yes --no-demo --runtime native
    """
    from platformctl.app.applying import Talk
    from platformctl.app.deploy import Result
    from platformctl.app.deploy import deploy as run
    from platformctl.app.interrupts import end_by_exception
    from platformctl.app.session import Request
    from platformctl.app.status import ask_status
    from platformctl.model.site import RuntimeName
    from platformctl_cli import show
    from platformctl_cli.ask import confirm_plan
    from platformctl_cli.report import outcome_as_json, show_status

    chosen = RuntimeName(runtime) if runtime else None
    request = Request(workspace=workspace, start=Path.cwd(), runtime=chosen, demo=demo)
    end_by_exception()
    with show.waiting() as (say, wait):
        outcome = run(request, Talk(say=say, wait=wait), confirm_plan(yes=yes))
    if outcome.result is Result.DECLINED:
        show.say("nothing was changed")
        return
    status = ask_status(outcome.session, outcome.prepared)
    if json:
        show.as_json(outcome_as_json(outcome, status))
        return
    if outcome.result is Result.UNCHANGED:
        show.result("nothing to change")
    show_status(status)
    show.say("\nnext:\n  platformctl status --watch\n  platformctl logs prometheus -f\n  platformctl down")
