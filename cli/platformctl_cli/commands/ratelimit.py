"""``platformctl ratelimit``: what a platform admin asks of the limiter and tells it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final, TypeAlias

import typer

from platformctl_cli.commands.ratelimit_load_test import load_test
from platformctl_cli.commands.ratelimit_publish import publish
from platformctl_cli.commands.ratelimit_rollout import rollout
from platformctl_cli.options import JsonOption, WorkspaceOption, YesOption
from platformctl_cli.ratelimit_options import ReasonOption, TokenOption, UrlOption

StateOption: TypeAlias = Annotated[
    str,
    typer.Option(
        "--state", help="The state that `show` printed: refused when somebody was faster.", show_default=False
    ),
]
TenantArgument: TypeAlias = Annotated[str, typer.Argument(metavar="TENANT")]
MaybeTenant: TypeAlias = Annotated[str | None, typer.Argument(metavar="[TENANT]", show_default=False)]
TierOption: TypeAlias = Annotated[str | None, typer.Option("--tier", help="A tier.", show_default=False)]


def show(
    tenant: TenantArgument,
    url: UrlOption = None,
    token_file: TokenOption = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Show a tenant's tier, the limits in force and what is particular to it.

    \b
    Examples:
      platformctl ratelimit show grand-hotel
      platformctl ratelimit show grand-hotel --json | jq .limits
    """
    from platformctl.app import ratelimit
    from platformctl_cli import ratelimit_report as report

    report.shown(ratelimit.show(report.api(url, token_file, workspace), tenant), json=json)


def set_(
    tenant: TenantArgument,
    tier: Annotated[str, typer.Option("--tier", help="Its tier.")],
    reason: ReasonOption = "",
    state: StateOption = "",
    url: UrlOption = None,
    token_file: TokenOption = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Enter a tenant, or move it to another tier.

    \b
    Example:
      platformctl ratelimit set grand-hotel --tier gold --reason "upgraded, order 4711"
    """
    from platformctl.app import ratelimit
    from platformctl_cli import ratelimit_report as report

    api = report.api(url, token_file, workspace)
    report.shown(ratelimit.set_tier(api, tenant, tier, state=state, reason=reason), json=json)


def override(
    tenant: TenantArgument,
    limit: Annotated[str, typer.Argument(metavar="LIMIT", help="A limit of its tier: see `show`.")],
    quota: Annotated[
        int | None,
        typer.Option("--quota", "-q", min=1, max=2**32 - 1, help="Requests a window.", show_default=False),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option(
            "--until",
            help="When it ends, in UTC.",
            formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"],
            show_default=False,
        ),
    ] = None,
    for_: Annotated[
        str | None, typer.Option("--for", help="How long it holds: 30m, 12h, 7d.", show_default=False)
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Back to the tier's quota.")] = False,
    reason: ReasonOption = "",
    state: StateOption = "",
    url: UrlOption = None,
    token_file: TokenOption = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Give a tenant its own quota for a limit of its tier, for a while.

    \b
    Examples:
      platformctl ratelimit override grand-hotel tenant-minute --quota 12000 --for 7d -r "their migration"
      platformctl ratelimit override grand-hotel tenant-minute --remove
    """
    from platformctl.app import ratelimit
    from platformctl_cli import ratelimit_report as report

    if remove == (quota is not None):
        raise typer.BadParameter("say --quota or --remove")
    if until is not None and for_ is not None:
        raise typer.BadParameter("--until and --for are two ways to say one thing")
    wanted = ratelimit.Override(tenant=tenant, limit=limit, quota=quota, until=report.ending(until, for_))
    api = report.api(url, token_file, workspace)
    report.shown(ratelimit.override(api, wanted, state=state, reason=reason), json=json)


def emergency(
    tenant: MaybeTenant = None,
    factor: Annotated[
        float | None,
        typer.Option("--factor", "-f", help="Multiply every quota: 0.1 leaves a tenth.", show_default=False),
    ] = None,
    block: Annotated[bool, typer.Option("--block", help="Shut the tenant out.")] = False,
    tier: TierOption = None,
    everything: Annotated[bool, typer.Option("--everything", help="All tenants and addresses.")] = False,
    reason: ReasonOption = "",
    yes: YesOption = False,
    url: UrlOption = None,
    token_file: TokenOption = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Tighten a tenant, a tier or everything by a factor, or shut a tenant out: everywhere within a second.

    \b
    Examples:
      platformctl ratelimit emergency bad-tenant --factor 0.1 --reason "runaway export"
      platformctl ratelimit emergency bad-tenant --block --reason "stolen key"
      platformctl ratelimit emergency --everything --factor 0.5 --yes
    """
    from platformctl.app import ratelimit
    from platformctl_cli import ratelimit_report as report

    if [bool(tenant), bool(tier), everything].count(True) != 1:
        raise typer.BadParameter("say whom: a TENANT, --tier or --everything")
    if block == (factor is not None) or (block and not tenant):
        raise typer.BadParameter("say --factor, or --block with a TENANT")
    if factor is not None and not 0 < factor <= 1000:
        raise typer.BadParameter("--factor is above 0 and at most 1000; --block shuts out")
    if not tenant:
        report.confirm(
            f"This touches {'everybody' if everything else f'all of tier {tier}'}. Go on?", yes=yes
        )
    api = report.api(url, token_file, workspace)
    if factor is None:
        report.emergency(ratelimit.block(api, tenant or "", reason=reason), json=json)
    else:
        target = ratelimit.Target(tenant=tenant, tier=tier)
        report.emergency(ratelimit.tighten(api, target, factor, reason=reason), json=json)


def release(
    tenant: MaybeTenant = None,
    tier: TierOption = None,
    all_: Annotated[bool, typer.Option("--all", help="Everything that `emergency` did.")] = False,
    reason: ReasonOption = "",
    url: UrlOption = None,
    token_file: TokenOption = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Take an emergency back: for a tenant, a tier, or all of them.

    \b
    Examples:
      platformctl ratelimit release bad-tenant --reason "key replaced"
      platformctl ratelimit release --all
    """
    from platformctl.app import ratelimit
    from platformctl_cli import ratelimit_report as report

    if [bool(tenant), bool(tier), all_].count(True) != 1:
        raise typer.BadParameter("say whom: a TENANT, --tier or --all")
    api = report.api(url, token_file, workspace)
    target = ratelimit.Target(tenant=tenant, tier=tier)
    report.emergency(ratelimit.release(api, target, reason=reason), json=json)


def audit(
    tenant: MaybeTenant = None,
    subject: Annotated[
        str | None,
        typer.Option("--subject", help="tier:gold, emergency, rollout, tenants …", show_default=False),
    ] = None,
    most: Annotated[int, typer.Option("--most", "-n", min=1, max=1000, help="How many.")] = 20,
    url: UrlOption = None,
    token_file: TokenOption = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Show who changed what, when and why; the latest first.

    \b
    Examples:
      platformctl ratelimit audit grand-hotel
      platformctl ratelimit audit --subject emergency
    """
    from platformctl.app import ratelimit
    from platformctl_cli import ratelimit_report as report

    wanted = f"tenant:{tenant}" if tenant else subject
    report.audit(ratelimit.audit(report.api(url, token_file, workspace), wanted, most=most), json=json)


def usage(
    tenant: TenantArgument,
    url: UrlOption = None,
    token_file: TokenOption = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Show what is left of each of a tenant's limits. Asking costs the tenant nothing.

    \b
    Example:
      platformctl ratelimit usage grand-hotel
    """
    from platformctl.app import ratelimit
    from platformctl_cli import ratelimit_report as report

    report.usage(ratelimit.usage(report.api(url, token_file, workspace), tenant), json=json)


def key(
    tenant: TenantArgument,
    label: Annotated[str, typer.Argument(metavar="LABEL", help="What tells it from others: ci, partner-2.")],
    revoke: Annotated[bool, typer.Option("--revoke", help="End it.")] = False,
    reason: ReasonOption = "",
    url: UrlOption = None,
    token_file: TokenOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Give a tenant an API key (printed once, kept nowhere), or end one.

    \b
    Examples:
      platformctl ratelimit key grand-hotel ci > ci.key
      platformctl ratelimit key grand-hotel ci --revoke
    """
    from platformctl.app import ratelimit
    from platformctl_cli import ratelimit_report as report
    from platformctl_cli import show

    api = report.api(url, token_file, workspace)
    if revoke:
        ratelimit.revoke_key(api, tenant, label, reason=reason)
        show.say(f"the key {label} of {tenant} has ended")
    else:
        show.result(ratelimit.new_key(api, tenant, label, reason=reason))


VERBS: Final = (show, set_, override, rollout, emergency, release, audit, usage, key, load_test, publish)
ratelimit: Final = typer.Typer(
    name="ratelimit",
    help="Ask the rate limiter and tell it: tenants, emergencies, the audit trail.",
    no_args_is_help=True,
)
for _verb in VERBS:
    ratelimit.command(_verb.__name__.strip("_").replace("_", "-"))(_verb)
