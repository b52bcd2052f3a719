"""Deliver reports: by mail and to webhooks, each recipient what it may read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from platformctl.app.sla_files import Forms, write_files
from platformctl.app.sla_report import Desk, Made, Say, Scope, ScopeKind
from platformctl.errors import PartlyApplied, PlatformError
from platformctl.render.sla import message
from platformctl.sinks import mail, webhook
from platformctl.sla import codec
from platformctl.sla.delivery import Delivery, Hook, HookFormat, Mail
from platformctl.sla.report import Report
from platformctl.sources import workspace
from platformctl.sources.delivery import DELIVERY, load_delivery
from platformctl.sources.history import secret

_ATTACHED: Final = {".html": ("text", "html"), ".csv": ("text", "csv"), ".pdf": ("application", "pdf")}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Parcel:
    """A report and the files of it that are attached."""

    report: Report
    files: tuple[Path, ...]


def recipients(desk: Desk) -> Delivery:
    """Who gets what, before anything is made; raises `PlatformError` where it names nobody."""
    root = workspace.find(desk.request.workspace, start=desk.request.start).content
    found = load_delivery(root, frozenset(tenant.id for tenant in desk.terms.tenants))
    if not found.mails and not found.hooks:
        raise PlatformError(
            "there is nobody to deliver to", where=DELIVERY, fix="name mail or webhooks there"
        )
    return found


def deliver(desk: Desk, made: Made, to: Delivery, forms: Forms, say: Say) -> tuple[str, ...]:
    """Send everything; gives one line for each delivery. What fails keeps nobody else from theirs.

    Recipients of a tenant that the report is not about get nothing. Raises `PartlyApplied` with all failures.
    """
    done, failed = [], []
    with TemporaryDirectory(prefix="sla-") as folder:
        packed = _Packed(desk=desk, made=made, forms=forms, folder=Path(folder))
        everybody: tuple[Mail | Hook, ...] = (*to.mails, *to.hooks)
        for one in everybody:
            if one.tenant and not packed.is_about(one.tenant):
                continue
            say(_name(one))
            try:
                _send(one, packed, to)
                done.append(f"sent {_name(one)}")
            except PlatformError as error:
                failed.append(f"{_name(one)}: {error}")
    if failed:
        raise PartlyApplied(
            f"{len(done)} of {len(done) + len(failed)} deliveries were made; not made: {'; '.join(failed)}",
            where=DELIVERY,
        )
    return tuple(done)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Packed:
    """Makes the report that a recipient may read, and its files."""

    desk: Desk
    made: Made
    forms: Forms
    folder: Path

    def is_about(self, tenant: str) -> bool:
        """Whether the tenant is among those the report was asked for."""
        return any(statement.tenant == tenant for statement in self.made.report.statements)

    def parcel(self, tenant: str, *, files: bool) -> _Parcel:
        """The tenant's own document, or the whole report."""
        report = self.made.report
        if tenant:
            report = self.desk.make(Scope(ScopeKind.TENANT, tenant), lambda _: None).report
        forms = Forms(folder=self.folder / (tenant or "all"), pdf=self.forms.pdf)
        return _Parcel(report=report, files=write_files(report, forms) if files else ())


def _send(one: Mail | Hook, packed: _Packed, to: Delivery) -> None:
    if isinstance(one, Hook):
        report = packed.parcel(one.tenant, files=False).report
        body = message.slack(report) if one.format is HookFormat.SLACK else codec.to_json(report)
        webhook.post(secret(one.url_file), body, name=one.url_file.name)
    elif to.server:
        password = secret(to.server.password_file) if to.server.password_file else ""
        parcel = packed.parcel(one.tenant, files=True)
        mail.send(to.server, password, _messages(one, parcel, to.server.sender))


def _messages(one: Mail, parcel: _Parcel, sender: str) -> Iterator[EmailMessage]:
    """One message an address: nobody reads who else gets it."""
    for address in one.to:
        letter = EmailMessage()
        letter["From"], letter["To"], letter["Subject"] = sender, address, message.subject(parcel.report)
        letter.set_content(message.text(parcel.report))
        for file in parcel.files:
            if kind := _ATTACHED.get(file.suffix):
                letter.add_attachment(file.read_bytes(), *kind, filename=file.name)
        yield letter


def _name(one: Mail | Hook) -> str:
    whom = ", ".join(one.to) if isinstance(one, Mail) else f"{one.format} webhook {one.url_file.name}"
    return f"{one.tenant or 'the report'} to {whom}"
