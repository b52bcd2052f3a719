"""``platformctl restore``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from platformctl_cli.options import DemoOption, JsonOption, RuntimeOption, WorkspaceOption, YesOption

if TYPE_CHECKING:
    from platformctl.sinks.backups import Manifest


def restore(
    source: Annotated[Path, typer.Argument(help="The file that `platformctl backup` wrote.")],
    workspace: WorkspaceOption = None,
    runtime: RuntimeOption = None,
    demo: DemoOption = True,
    yes: YesOption = False,
    json: JsonOption = False,
) -> None:
    """Put a backup back, all of it or nothing, and leave the stack stopped: `platformctl deploy` starts it.

    The file is checked whole before anything is touched. The data of the components in it is replaced;
    releases, history and ledger are added where they are missing.

    \b
    Examples:
      platformctl restore /var/backups/platformctl-20261123T030000Z.tar
      platformctl restore before-upgrade.tar --yes
    """
    from dataclasses import asdict

    from platformctl.app.applying import Talk
    from platformctl.app.interrupts import end_by_exception
    from platformctl.app.restore import restore as put_back
    from platformctl.app.session import Request
    from platformctl.model.site import RuntimeName
    from platformctl_cli import show
    from platformctl_cli.ask import confirm

    def ask(manifest: Manifest, running: tuple[str, ...]) -> bool:
        show.say(f"backup of {manifest.created}, release {manifest.release}: {', '.join(manifest.ways)}")
        if running:
            show.say(f"! these are stopped: {', '.join(running)}")
        return confirm("Replace the present data by that of the backup?", yes=yes)

    chosen = RuntimeName(runtime) if runtime else None
    end_by_exception()
    with show.waiting() as (say, wait):
        request = Request(workspace=workspace, start=Path.cwd(), runtime=chosen, demo=demo)
        done = put_back(request, source, Talk(say=say, wait=wait), ask)
    for name in done.lacking:
        show.say(f"! the backup lacks the secret {name}, which was made anew: put the old one in its place")
    if json:
        show.as_json({"restored": done.done, "lacking_secrets": done.lacking, **asdict(done.manifest)})
    elif done.done:
        show.result(f"restored {len(done.manifest.ways)} components; next: platformctl deploy")
    else:
        show.result("nothing was changed")
