"""``platformctl instrument``: telemetry laid into applications."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from platformctl_cli.options import JsonOption, YesOption

if TYPE_CHECKING:
    from platformctl.app.publishing import Prepared

instrument = typer.Typer(
    name="instrument", help="Lay telemetry into a FastAPI or Next.js application.", no_args_is_help=True
)

ForceOption: TypeAlias = Annotated[
    list[str] | None, typer.Option(help="Take ours for this path; yours is kept as .orig.")
]
DryRunOption: TypeAlias = Annotated[bool, typer.Option("--dry-run", help="Show the plan and change nothing.")]
CheckOption: TypeAlias = Annotated[
    bool, typer.Option("--check", help="Exit 3 when something differs; change nothing.")
]
RemoveOption: TypeAlias = Annotated[bool, typer.Option("--remove", help="Take out exactly what was put in.")]


@instrument.command()
def fastapi(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The FastAPI project.")],
    force: ForceOption = None,
    yes: YesOption = False,
    dry_run: DryRunOption = False,
    check: CheckOption = False,
    remove: RemoveOption = False,
    json: JsonOption = False,
) -> None:
    """Lay metrics, JSON logs and traces into an existing FastAPI project, with tests that run there.

    Running it again upgrades; a file that you edited is merged or left alone, never overwritten.

    \b
    Examples:
      platformctl instrument fastapi ../shop-api --dry-run
      platformctl instrument fastapi ../shop-api --yes
      platformctl instrument fastapi ../shop-api --check
    """
    from platformctl.app.instrument_fastapi import FASTAPI
    from platformctl.app.publishing import Request, action_of, publish
    from platformctl_cli.publish_report import confirm, show_outcome

    action = action_of(remove=remove, check=check, preview=dry_run)
    request = Request(root=folder, action=action, force=tuple(force or ()))
    show_outcome(publish(FASTAPI, request, confirm(yes=yes, json=json)), _after_fastapi, json=json)


def _after_fastapi(prepared: Prepared) -> Iterator[str]:
    from platformctl.app.instrument_fastapi import TESTS

    found = prepared.application
    yield "\nnext:"
    yield f"  cd {prepared.root}"
    yield "  pip install -r telemetry-requirements.txt pytest httpx"
    yield f"  python -m pytest {TESTS}"
    name, where = (found.name, found.path) if found else ("app", "your application's module")
    yield f"\nthen, in {where}:"
    yield "  from telemetry_setup import instrument, tracing"
    yield f"  {name} = FastAPI(telemetry=tracing())"
    yield f"  instrument({name})"
    yield "\nTELEMETRY.md tells the rest"


@instrument.command()
def nextjs(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The Next.js application.")],
    force: ForceOption = None,
    yes: YesOption = False,
    dry_run: DryRunOption = False,
    check: CheckOption = False,
    remove: RemoveOption = False,
    json: JsonOption = False,
) -> None:
    """Lay Web Vitals, client errors, a metrics route and server spans into an existing Next.js application.

    Running it again upgrades; a file that you edited is merged or left alone, never overwritten.

    \b
    Examples:
      platformctl instrument nextjs ../shop-web --dry-run
      platformctl instrument nextjs ../shop-web --yes
      platformctl instrument nextjs ../shop-web --check
    """
    from platformctl.app.instrument_nextjs import NEXTJS
    from platformctl.app.publishing import Request, action_of, publish
    from platformctl_cli.publish_report import confirm, show_outcome

    action = action_of(remove=remove, check=check, preview=dry_run)
    request = Request(root=folder, action=action, force=tuple(force or ()))
    show_outcome(publish(NEXTJS, request, confirm(yes=yes, json=json)), _after_nextjs, json=json)


def _after_nextjs(prepared: Prepared) -> Iterator[str]:
    from platformctl.app.instrument_nextjs import TESTS

    yield "\nnext:"
    yield f"  cd {prepared.root}"
    yield "  npm install   # or your package manager"
    yield f"  npm run build && node --test {TESTS}"
    yield f"\nthen make tenantOf in {prepared.source}platform-telemetry/tenant.ts read what your server verifies;"
    yield "TELEMETRY.md tells the rest"
