"""native/processes.json and the units made of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support import compose_sample
from support.sites import native_site

from platformctl.errors import DefinitionError
from platformctl.model.artifact import Artifact
from platformctl.model.component import Component, Native, Port, TcpHealth
from platformctl.model.platform import Platform
from platformctl.model.release import Unit
from platformctl.model.site import Place, Site
from platformctl.render import native

PLATFORM = compose_sample.platform()
SECRETS = ("postgres-password",)


def component(name: str, *needs: str, modules: tuple[str, ...] = ()) -> Component:
    return Component(
        name=name,
        title=name,
        ports=(Port(name="tcp", number=9000),),
        health=TcpHealth(port="tcp"),
        needs=needs,
        native=Native(binaries=("server",), modules=modules),
    )


def placed(platform: Platform, site: Site, name: str, **changes: str) -> Site:
    """The site with one place changed."""
    place: Place = site.places[name]
    return replace(site, places={**site.places, name: replace(place, **changes)})  # type: ignore[arg-type]


def files(platform: Platform, site: Site, *others: Artifact) -> dict[str, Artifact]:
    return {a.path: a for a in (*native.render(platform, site), *others)}


def units(platform: Platform, site: Site, *others: Artifact) -> dict[str, Unit]:
    return {unit.name: unit for unit in native.units(platform, site, files(platform, site, *others))}


def test_a_process_is_told_whole_and_relative_to_the_state_folder() -> None:
    site = placed(PLATFORM, native_site(PLATFORM), "postgres", program="/usr/lib/postgresql/15/bin/postgres")
    process = native.parse(files(PLATFORM, site))["postgres"]
    assert process.argv[0] == "/usr/lib/postgresql/15/bin/postgres"
    assert process.argv[1:3] == ("-D", "data/postgres/pgdata")
    assert process.directory == "."
    assert process.user == "postgres"
    assert process.health == f"tcp://{site.published('postgres', 'postgres')}"
    assert process.health_command[-1] == site.published("postgres", "postgres").rpartition(":")[2]
    assert process.stop_signal == "SIGINT"
    assert "--pwfile=secrets/postgres-password" in process.prepare[0].argv
    assert process.prepare[1].creates == "data/postgres/.platform-database"
    assert process.environment["PATH"].startswith("/usr/lib/postgresql/15/bin:")


def test_health_and_reload_are_addresses_on_this_site() -> None:
    site = native_site(PLATFORM, ports={"prometheus:http": 41233})
    process = native.parse(files(PLATFORM, site))["prometheus"]
    assert process.health == "http://127.0.0.1:41233/-/ready"
    assert process.reload == "http://127.0.0.1:41233/-/reload"
    assert native.parse(files(PLATFORM, site))["redis"].reload == ""


def test_reading_gives_what_was_written() -> None:
    rendered = files(PLATFORM, native_site(PLATFORM))
    again = native.parse(rendered)
    assert native.parse(files(PLATFORM, native_site(PLATFORM))) == again
    assert [process.name for process in again.values()] == [unit.name for unit in units_of(rendered)]


def units_of(rendered: dict[str, Artifact]) -> tuple[Unit, ...]:
    return native.units(PLATFORM, native_site(PLATFORM), rendered)


def test_data_that_lives_elsewhere_is_the_working_folder_too() -> None:
    site = placed(PLATFORM, native_site(PLATFORM), "postgres", data="/var/lib/elsewhere/postgres")
    assert native.parse(files(PLATFORM, site))["postgres"].directory == "/var/lib/elsewhere/postgres"


def test_a_python_component_writes_no_compiled_modules_into_the_release() -> None:
    platform = compose_sample.platform(component("app", modules=("json",)))
    environment = native.parse(files(platform, native_site(platform)))["app"].environment
    assert environment["PYTHONDONTWRITEBYTECODE"] == "1"


def test_components_that_are_not_here_are_no_processes() -> None:
    site = native_site(PLATFORM, without=("redis", "redis-exporter"))
    assert "redis" not in native.parse(files(PLATFORM, site))
    assert "redis" not in units(PLATFORM, site)


def test_units_start_after_those_they_need() -> None:
    platform = compose_sample.platform(
        component("app", "store", "cache"), component("cache"), component("store")
    )
    site = native_site(platform)
    order = [unit.name for unit in native.units(platform, site, files(platform, site))]
    assert order.index("app") == 2
    assert units(platform, site)["app"].needs == ("store", "cache")


def test_needs_that_go_in_a_circle_are_refused() -> None:
    platform = compose_sample.platform(component("a", "b"), component("b", "c"), component("c", "a"))
    with pytest.raises(DefinitionError, match=r"in a circle: ([abc]) needs [abc] needs [abc] needs \1"):
        files(platform, native_site(platform))


def test_a_changed_file_changes_the_configuration_of_those_that_read_it_and_nothing_else() -> None:
    site = native_site(PLATFORM)
    before = units(PLATFORM, site, Artifact("prometheus/prometheus.yml", b"a"))
    after = units(PLATFORM, site, Artifact("prometheus/prometheus.yml", b"b"))
    assert {name for name in before if before[name] != after[name]} == {"prometheus"}
    assert before["prometheus"].process == after["prometheus"].process
    assert before["prometheus"].config != after["prometheus"].config


def test_a_folder_whose_name_begins_alike_is_another_folder() -> None:
    site = native_site(PLATFORM)
    before = units(PLATFORM, site)
    after = units(PLATFORM, site, Artifact("prometheus-agent/agent.yml", b"a"))
    assert before == after


def test_a_moved_port_changes_the_process_and_those_that_reach_it() -> None:
    numbers = {f"{c.name}:{p.name}": 20000 + i for i, c in enumerate(PLATFORM.components) for p in c.ports}
    before = units(PLATFORM, native_site(PLATFORM, ports=numbers))
    after = units(PLATFORM, native_site(PLATFORM, ports={**numbers, "redis:redis": 30000}))
    assert {n for n in before if before[n].process != after[n].process} == {"redis", "redis-exporter"}
