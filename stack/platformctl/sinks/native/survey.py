"""Looking at the machine: what can run here, on which ports, with which folders."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from platformctl.model.component import Component
from platformctl.model.site import Place, RuntimeName, Site
from platformctl.sinks import machine, ports, secrets
from platformctl.sinks.files import make_folder
from platformctl.sinks.native import secret_files
from platformctl.sinks.native.accounts import Account, find_account, is_root
from platformctl.sinks.native.discovery import discover
from platformctl.sinks.native.layout import Layout

_SECRETS: Final = "secrets"


@dataclass(frozen=True, kw_only=True, slots=True)
class Surveyor:
    """Surveys for one state folder; `elsewhere` is where folders go that cannot be in it."""

    layout: Layout
    elsewhere: Path

    def survey(self, components: Iterable[Component], held_ports: frozenset[int]) -> Site:
        """What runs where. Records the choices, so that the next survey answers the same."""
        make_folder(self.layout.state)
        wanted = tuple(components)
        found = discover(wanted)
        present = tuple(component for component in wanted if component.name in found.programs)
        accounts = _accounts(present)
        former = machine.load(self.layout.machine)
        elsewhere = self._elsewhere(former, accounts)
        existing = self._ensure_secrets(present, accounts, elsewhere)
        chosen = ports.allocate(present, former.ports, held_ports)
        now = machine.Machine(ports={**former.ports, **chosen}, elsewhere=elsewhere)
        machine.save(self.layout.machine, now)
        return Site(
            runtime=RuntimeName.NATIVE,
            places={
                component.name: _place(
                    component,
                    chosen[component.name],
                    program=found.programs[component.name],
                    data_root=f"{elsewhere}/data" if elsewhere and component.name in accounts else "data",
                )
                for component in present
            },
            secrets_folder=f"{elsewhere}/{_SECRETS}" if elsewhere else _SECRETS,
            secrets=existing,
            python=sys.executable,
            skipped=found.skipped,
            notes=tuple(ports.notes(present, chosen, former.ports)),
        )

    def _elsewhere(self, former: machine.Machine, accounts: Mapping[str, Account]) -> str:
        """Where folders for other accounts go; empty for the state folder itself. Once chosen, it stays."""
        if former.elsewhere:
            return former.elsewhere
        if all(account.can_enter(self.layout.state) for account in accounts.values()):
            return ""
        name = hashlib.sha256(str(self.layout.state).encode()).hexdigest()[:12]
        return str(self.elsewhere / name)

    def _ensure_secrets(
        self, present: tuple[Component, ...], accounts: Mapping[str, Account], elsewhere: str
    ) -> frozenset[str]:
        if elsewhere:
            make_folder(self.elsewhere)
            make_folder(Path(elsewhere))
            secret_files.move(self.layout.secrets, Path(elsewhere) / _SECRETS)
        owners = {
            secret: accounts[component.name]
            for component in present
            if component.name in accounts
            for secret in component.secrets
        }
        names = (secret for component in present for secret in component.secrets)
        existing = secrets.ensure(names, self.layout.secrets)
        secret_files.share(self.layout.secrets, owners)
        return existing


def default_site(components: Iterable[Component]) -> Site:
    """A machine that has everything, on its default port."""
    present = tuple(component for component in components if component.native is not None)
    return Site(
        runtime=RuntimeName.NATIVE,
        places={
            component.name: _place(
                component,
                {port.name: port.number for port in component.ports},
                program=_default_program(component),
                data_root="data",
            )
            for component in present
        },
        secrets_folder=_SECRETS,
        secrets=frozenset(secret for component in present for secret in component.secrets),
    )


def _place(component: Component, numbers: Mapping[str, int], *, program: str, data_root: str) -> Place:
    addresses = {name: f"{ports.LOOPBACK}:{number}" for name, number in numbers.items()}
    return Place(
        listen=ports.published(component, numbers),
        reach=addresses,
        published=addresses,
        config="/".join(("current", *component.config[:1])),
        data=f"{data_root}/{component.name}",
        release="current",
        program=program,
    )


def _default_program(component: Component) -> str:
    native = component.native
    return "python3" if native is None or native.modules else native.binaries[0]


def _accounts(present: Iterable[Component]) -> dict[str, Account]:
    """By component, the account it must run as because we are root."""
    if not is_root():
        return {}
    found = {
        component.name: find_account(component.native.unprivileged_user)
        for component in present
        if component.native and component.native.unprivileged_user
    }
    return {name: account for name, account in found.items() if account is not None}
