"""One document a tenant, each made from that tenant's own series and of nothing else."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import replace
from multiprocessing import get_context
from typing import Final

from platformctl.app.sla_files import Forms, write_files
from platformctl.app.sla_pdf import print_pdfs
from platformctl.app.sla_report import Desk, ReportRequest, Say, Scope, ScopeKind, open_desk

_ALONE: Final = 40
"""Up to so many documents are made faster than another process starts."""

_SHARES: Final = 8
"""Shares of the work a process: progress is told after each."""


def write_documents(desk: Desk, forms: Forms, say: Say) -> int:
    """Write them to ``tenants/ID/``, in as many processes as there are cores; gives how many tenants."""
    below = replace(forms, folder=forms.folder / "tenants", pdf=False)
    everybody = [tenant.id for tenant in desk.tenants()]
    if len(everybody) <= _ALONE:
        _make(desk, everybody, below, pdf=forms.pdf)
        return len(everybody)
    processes = os.cpu_count() or 1
    shares = list(_split(everybody, processes * _SHARES))
    request = replace(desk.request, now=desk.now)
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        coming = {pool.submit(_share, request, share, below, pdf=forms.pdf): share for share in shares}
        done = 0
        for share in as_completed(coming):
            share.result()
            done += len(coming[share])
            say(f"documents: {done} of {len(everybody)}")
    return len(everybody)


def _split(tenants: Sequence[str], shares: int) -> Iterator[Sequence[str]]:
    length = max(1, -(-len(tenants) // shares))
    for first in range(0, len(tenants), length):
        yield tenants[first : first + length]


def _share(request: ReportRequest, tenants: Sequence[str], forms: Forms, *, pdf: bool) -> None:
    """What one process does: everything is opened anew, as nothing of it can be handed over."""
    with open_desk(replace(request, scope=Scope(ScopeKind.TENANT, tenants[0]))) as desk:
        _make(desk, tenants, forms, pdf=pdf)


def _make(desk: Desk, tenants: Sequence[str], forms: Forms, *, pdf: bool) -> None:
    pages = []
    for tenant in tenants:
        made = desk.make(Scope(ScopeKind.TENANT, tenant), _silently)
        pages.append(write_files(made.report, replace(forms, folder=forms.folder / tenant))[0])
    if pdf:
        print_pdfs(pages)


def _silently(_: str) -> None:
    """Their progress is told share by share."""
