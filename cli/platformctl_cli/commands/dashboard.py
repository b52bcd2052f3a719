"""``platformctl dashboard``: dashboards of one's own."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from platformctl_cli.options import JsonOption, WorkspaceOption, YesOption

if TYPE_CHECKING:
    from platformctl.sinks.grafana.changes import Plan


class AudienceChoice(StrEnum):
    """The values of ``--for``."""

    OPERATIONS = "operations"
    DEVELOPMENT = "development"
    BUSINESS = "business"
    TENANTS = "tenants"


def new(
    name: Annotated[str, typer.Argument(help="Its uid, as in checkout-flow; it never changes.")],
    audience: Annotated[
        AudienceChoice, typer.Option("--for", help="Whom it is for: one Grafana folder each.")
    ] = AudienceChoice.OPERATIONS,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Lay a dashboard: one module in dashboards_src/ that works as it is, for you to change.

    \b
    Examples:
      platformctl dashboard new checkout-flow
      platformctl dashboard new revenue --for business && platformctl preview revenue
    """
    from platformctl.app.dashboard_new import new_dashboard
    from platformctl.app.session import Request
    from platformctl.model.dashboard import Audience
    from platformctl_cli import show

    path = new_dashboard(Request(workspace=workspace, start=Path.cwd()), name, Audience(audience))
    if json:
        show.as_json({"uid": name, "path": str(path)})
        return
    show.result(str(path))
    show.say(f"look at it: platformctl preview {name}")


def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE.json", help="As Grafana exports it (Classic).")],
    uid: Annotated[str, typer.Option("--uid", help="Its uid here, in place of the file's.")] = "",
    audience: Annotated[
        AudienceChoice | None,
        typer.Option("--for", help="Whom it is for. Without it: what its tags say.", show_default=False),
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Overwrite the module that defines this dashboard now.")
    ] = False,
    print_: Annotated[bool, typer.Option("--print", help="Print the module; write nothing.")] = False,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Bring a dashboard back that was made or edited in Grafana: it becomes a module in dashboards_src/.

    Panels that the vocabulary has no words for are kept raw; what gets lost is listed on stderr.

    \b
    Examples:
      platformctl dashboard import checkout.json
      platformctl dashboard import tenant-detail.json --print | diff dashboards_src/tenant_detail.py -
    """
    from platformctl.app.dashboard_import import Wanted, import_dashboard
    from platformctl.app.session import Request
    from platformctl.model.dashboard import Audience
    from platformctl_cli import show

    done = import_dashboard(
        Request(workspace=workspace, start=Path.cwd()),
        Wanted(
            file=file,
            uid=uid,
            audience=Audience(audience) if audience else None,
            replace=replace,
            write=not print_,
        ),
    )
    if json:
        told = {"uid": done.uid, "path": str(done.path), "written": not print_, "panels": done.panels}
        show.as_json(told | {"raw": done.raw, "notes": done.notes, "source": done.text})
        return
    for note in done.notes:
        show.say(f"! {note}")
    show.say(f"{done.panels} panels, {done.raw} of them raw")
    show.result(done.text.rstrip() if print_ else str(done.path))
    if not print_:
        show.say(f"next: platformctl check && platformctl preview {done.uid}")


def push(
    url: Annotated[str, typer.Option("--url", help="The Grafana, as in https://grafana.example.com")],
    token_file: Annotated[
        Path | None,
        typer.Option(
            "--token-file",
            help="Holds a service account's token. Without it: the secret grafana-api-token of the workspace.",
            show_default=False,
        ),
    ] = None,
    folder: Annotated[
        str, typer.Option("--folder", help="One folder for all. Without it: one for each audience.")
    ] = "",
    prune: Annotated[
        bool, typer.Option("--prune", help="Delete dashboards with our tag that are no longer defined.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Show the plan only; exit 3 when there is something to change.")
    ] = False,
    yes: YesOption = False,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Bring the dashboards into a Grafana that runs already. A second run changes nothing.

    Touches only dashboards that carry the tag platformctl, and asks before it overwrites one that was edited by hand.

    \b
    Examples:
      platformctl dashboard push --url https://grafana.example.com --token-file token
      platformctl dashboard push --url https://grafana.example.com --folder Platform --check
    """
    from platformctl.app.dashboard_push import PushRequest, open_target, plan_push
    from platformctl.app.dashboard_push import push as push_to
    from platformctl.errors import DifferencesFound
    from platformctl_cli import show
    from platformctl_cli.ask import confirm
    from platformctl_cli.grafana_report import plan_as_json, show_plan

    def overwrite(plan: Plan) -> bool:
        show_plan(plan, show.say)
        return confirm(f"Overwrite {len(plan.drifted)} that were edited by hand?", yes=yes)

    def apply(plan: Plan) -> bool:
        if not plan.drifted:
            show_plan(plan, show.say)
        return confirm(f"Apply {len(plan.changes)} changes?", yes=yes)

    request = PushRequest(
        url=url, workspace=workspace, start=Path.cwd(), token_file=token_file, folder=folder, prune=prune
    )
    with open_target(request) as target:
        if check:
            found = plan_push(target)
        else:
            done = push_to(target, overwrite=overwrite, confirm=apply, say=show.say)
    if check:
        show.as_json(plan_as_json(found)) if json else show_plan(found, show.result)
        if not found.is_empty or found.taken:
            raise typer.Exit(DifferencesFound.exit_code)
    elif json:
        show.as_json({"applied": plan_as_json(done) if done else None})
    elif done is None:
        show.say("nothing was changed")
    else:
        show.result(f"{len(done.changes)} dashboards changed" if done.changes else "nothing to change")


def access(
    url: Annotated[str, typer.Option("--url", help="The Grafana, as in https://grafana.example.com")],
    administrator: Annotated[str, typer.Option("--administrator", help="Grafana's administrator.")] = "admin",
    password_file: Annotated[
        Path | None,
        typer.Option(
            "--password-file",
            help="Holds its password. Without it: the secret grafana-admin-password of the workspace.",
            show_default=False,
        ),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Show the plan only; exit 3 when there is something to change.")
    ] = False,
    yes: YesOption = False,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Give tenants with a login their organisation in Grafana, as the deployed release has it. A second run changes
    nothing.

    Each sees its own series and lines alone. Nothing is deleted; an organisation with datasources of others is refused.

    \b
    Example: platformctl dashboard access --url https://localhost:8444
    """
    from platformctl.app.grafana_access import AccessRequest, give_access, open_access, plan
    from platformctl.errors import DifferencesFound
    from platformctl_cli import show
    from platformctl_cli.ask import confirm

    request = AccessRequest(
        url=url,
        workspace=workspace,
        start=Path.cwd(),
        administrator=administrator,
        password_file=password_file,
    )
    with open_access(request) as target:
        found = (
            plan(target)
            if check
            else give_access(
                target,
                confirm=lambda wanted: confirm(f"Make {len(wanted.steps)} changes?", yes=yes),
                say=show.say,
            )
        )
    steps = [{"organisation": s.organisation, "change": s.says} for s in found.steps] if found else []
    if json:
        show.as_json({"changes": steps, "taken": list(found.taken) if found else []})
    elif check:
        show.result("\n".join(f"{s['organisation']}: {s['change']}" for s in steps) or "nothing to change")
    else:
        show.result("nothing was changed" if found is None else f"{len(steps)} changes made")
    if check and found and (found.steps or found.taken):
        raise typer.Exit(DifferencesFound.exit_code)


dashboard: Final = typer.Typer(
    name="dashboard",
    help="Dashboards of your own, from Grafana and into it.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
dashboard.command("new")(new)
dashboard.command("import")(import_)
dashboard.command("push")(push)
dashboard.command("access")(access)
