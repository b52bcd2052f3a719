"""A platform with one small pipeline, and the places of the log components."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from platformctl.model.log_limits import StreamRetention, TierLimits
from platformctl.model.logs import (
    ContainerSource,
    Drop,
    FileSource,
    LogPipeline,
    OperatorsCopy,
    Redaction,
    Telling,
)
from platformctl.model.platform import Platform
from platformctl.model.site import Place, RuntimeName, Site
from platformctl.model.tenancy import Tenant, Tier, Vertical
from platformctl.model.units import days

SAMPLE = LogPipeline(
    name="web-apps",
    sources=(FileSource(glob="*.log"), ContainerSource(project="sample")),
    labels=("tenant", "service", "level"),
    structured_metadata=("request_id",),
    redactions=(Redaction(name="password", pattern='"password": "([^"]+)"'),),
    drops=(Drop(name="noise", pattern="^noise", why="it says nothing"),),
    stream_retention=(StreamRetention(labels={"level": "debug"}, keep=days(2), priority=3),),
    copy=OperatorsCopy(
        tellings=(Telling(name="panics", pattern="panic: ", only_with=("panic: ",)),),
        limits=TierLimits(rate_mb=16, burst_mb=32, streams=5000, keep=days(2)),
    ),
    tier_limits={"gold": TierLimits(rate_mb=4, burst_mb=8, streams=100, keep=days(90))},
)


@pytest.fixture(scope="session")
def platform() -> Platform:
    from platformctl.sources.definitions import load_platform

    real = load_platform(Path(__file__).resolve().parents[3])
    return replace(
        real,
        tiers=(Tier(name="gold", rank=1, objectives=(), requests_per_minute=60),
               Tier(name="trial", rank=0, objectives=(), requests_per_minute=6)),
        tenants=(Tenant(id="lumiere", name="Lumière", vertical=Vertical.CINEMAS, tier="gold"),
                 Tenant(id="yoga-loft", name="Yoga Loft", vertical=Vertical.GYMS, tier="trial")),
        log_pipelines=(SAMPLE,),
    )  # fmt: skip


@pytest.fixture(params=list(RuntimeName))
def site(request: pytest.FixtureRequest) -> Site:
    """Every component that logs travel through, once natively and once in containers."""
    return make_site(request.param, "loki", "promtail", "alloy", "alertmanager")


def make_site(runtime: RuntimeName, *components: str) -> Site:
    places = {}
    for index, name in enumerate(components):
        ports = {"http": f"127.0.0.1:{19000 + index}", "grpc": f"127.0.0.1:{19500 + index}"}
        places[name] = Place(
            listen=ports,
            reach=ports,
            published=ports,
            config=f"current/{name}",
            data=f"data/{name}",
            release="current",
        )
    return Site(runtime=runtime, places=places, secrets_folder="secrets")
