"""What the compose file says, and that both composes and the specification accept it."""

from __future__ import annotations

import importlib.resources
import json
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Final, TypeAlias

import jsonschema
import pytest
import yaml
from support import compose_sample
from support.compose_sample import CORE, DEMO
from support.engine import compose_1, compose_v5

from platformctl.model.artifact import Artifact
from platformctl.model.platform import Platform
from platformctl.model.release import Unit
from platformctl.model.site import Site
from platformctl.render import compose
from platformctl.sinks.compose.survey import default_ports, site_of
from platformctl.sinks.runtime import SurveyOptions

Document: TypeAlias = dict[str, dict[str, dict[str, object]]]

DOCKERFILE: Final = Artifact("build/shop/Dockerfile", b"FROM scratch\n")
SCHEMAS: Final = [p / "shared/schemas/compose/compose-spec.json" for p in compose_sample.REPOSITORY.parents]


def site(platform: Platform, *, secrets: frozenset[str] = frozenset(), demo: bool = True) -> Site:
    ports = default_ports(platform.components)
    return site_of(platform, SurveyOptions(demo=demo), ports=ports, secrets=secrets)


def files(platform: Platform, place: Site | None = None) -> dict[str, Artifact]:
    return {artifact.path: artifact for artifact in compose.render(platform, place or site(platform))}


def document(platform: Platform, place: Site | None = None) -> Document:
    loaded: Document = yaml.safe_load(files(platform, place)[compose.PATH].content)
    return loaded


def units(platform: Platform, *config: Artifact) -> dict[str, Unit]:
    given = {artifact.path: artifact for artifact in config}
    return {unit.name: unit for unit in compose.units(platform, site(platform), given)}


FULL: Final = compose_sample.platform(*CORE, DEMO, builds=(DOCKERFILE,))


@pytest.mark.parametrize("name", sorted(document(FULL)["services"]))
def test_every_service_is_hardened_limited_and_watched(name: str) -> None:
    service = document(FULL)["services"][name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["read_only"] is True
    assert str(service["user"]).split(":")[0] not in ("", "0")
    assert str(service["mem_limit"]).endswith("m")
    assert isinstance(service["cpus"], float)
    assert service["cpus"] > 0
    assert service["restart"] == "unless-stopped"
    assert service["logging"]["driver"] == "json-file"
    assert service["logging"]["options"].items() >= {"max-size": "10m", "max-file": "3"}.items()
    health = service["healthcheck"]
    assert isinstance(health, dict)
    assert health["test"][0] == "CMD"


def test_every_port_is_published_on_loopback_only() -> None:
    for service in document(FULL)["services"].values():
        assert isinstance(service["ports"], list)
        assert all(port.startswith("127.0.0.1:") for port in service["ports"])


def test_no_mount_names_a_file_or_the_current_release() -> None:
    mounts = [m for s in document(FULL)["services"].values() for m in s.get("volumes", [])]  # type: ignore[attr-defined]
    assert "${PLATFORMCTL_LIVE:-.}/prometheus:/etc/platformctl/prometheus:ro" in mounts
    assert "prometheus-data:/prometheus" in mounts
    assert not [mount for mount in mounts if "current" in mount or ".yml" in mount]


def test_a_container_waits_for_what_it_needs_to_be_healthy() -> None:
    assert document(FULL)["services"]["redis-exporter"]["depends_on"] == {
        "redis": {"condition": "service_healthy"}
    }


def test_components_reach_each_other_by_name() -> None:
    command = document(FULL)["services"]["redis-exporter"]["command"]
    assert command == ["--web.listen-address=0.0.0.0:9121", "--redis.addr=redis://redis:6379"]


def test_our_own_service_is_built_from_the_release_and_named() -> None:
    shop = document(FULL)["services"]["shop"]
    assert shop["build"] == {"context": "./build/shop"}
    assert shop["image"] == "platformctl/shop:1"


def test_a_build_context_is_not_mounted_over_the_image_made_of_it() -> None:
    reads_its_sources = replace(DEMO, config=("registry", "build/shop"))
    assert compose.folders(reads_its_sources) == ("registry",)


def test_a_dollar_sign_in_a_definition_stays_a_dollar_sign() -> None:
    assert document(FULL)["services"]["shop"]["environment"] == {
        "PRICE": "$$5",
        "REDIS": "redis://redis:6379",
    }


def test_a_secret_is_named_but_never_held_by_the_release() -> None:
    loaded = document(FULL)
    assert loaded["secrets"] == {
        f"{unit}.postgres-password": {"file": f"${{PLATFORMCTL_SECRETS:-./secrets}}/{unit}/postgres-password"}
        for unit in ("postgres", "postgres-exporter")
    }
    assert loaded["services"]["postgres"]["secrets"] == [
        {"source": "postgres.postgres-password", "target": "postgres-password"}
    ]
    note = files(FULL)["secrets/README.md"].content.decode()
    assert "-o 70 /path/to/postgres-password postgres/postgres-password" in note
    assert "-o 65534 /path/to/postgres-password postgres-exporter/postgres-password" in note


def test_alertmanager_gets_the_receivers_secrets_that_exist() -> None:
    with_key = site(FULL, secrets=frozenset({"pagerduty-key", "something-else"}))
    assert document(FULL, with_key)["services"]["alertmanager"]["secrets"] == [
        {"source": "alertmanager.pagerduty-key", "target": "pagerduty-key"}
    ]
    assert "secrets" not in document(FULL)["services"]["alertmanager"]


def test_a_component_outside_the_site_is_left_out_everywhere() -> None:
    core_only = document(FULL, site(FULL, demo=False))
    assert "shop" not in core_only["services"]
    assert set(core_only["services"]) == {component.name for component in CORE}


def test_someone_who_runs_the_release_by_hand_keeps_the_project_name_and_its_data() -> None:
    assert files(FULL)[".env"].content == b"COMPOSE_PROJECT_NAME=platformctl\n"


def test_units_start_after_what_they_need() -> None:
    order = list(units(FULL))
    assert order.index("redis") < order.index("redis-exporter") < len(order)
    assert order.index("postgres") < order.index("postgres-exporter")


def test_the_process_fingerprint_is_the_one_on_the_container() -> None:
    for name, unit in units(FULL).items():
        labels = document(FULL)["services"][name]["labels"]
        assert isinstance(labels, dict)
        assert labels[compose.LABEL_PROCESS] == unit.process
        assert labels[compose.LABEL_UNIT] == name


def test_configuration_changes_the_config_fingerprint_alone() -> None:
    before = units(FULL, Artifact("prometheus/prometheus.yml", b"a"))["prometheus"]
    after = units(FULL, Artifact("prometheus/prometheus.yml", b"b"))["prometheus"]
    assert before.process == after.process
    assert before.config != after.config


def test_a_memory_limit_changes_the_process_fingerprint_of_its_container_alone() -> None:
    more = [compose_sample.with_memory(c, 2048) if c.name == "prometheus" else c for c in FULL.components]
    before, after = units(FULL), units(replace(FULL, components=tuple(more)))
    assert [name for name in before if before[name].process != after[name].process] == ["prometheus"]


def test_a_changed_build_context_changes_the_process_fingerprint() -> None:
    changed = replace(FULL, builds=(Artifact("build/shop/Dockerfile", b"FROM other\n"),))
    assert units(FULL)["shop"].process != units(changed)["shop"].process


def test_the_same_site_gives_the_same_bytes() -> None:
    assert files(FULL) == files(FULL)


def test_the_file_fits_the_compose_specification_that_check_jsonschema_carries() -> None:
    schema = importlib.resources.files("check_jsonschema.builtin_schemas") / "vendor/compose-spec.json"
    jsonschema.Draft7Validator(json.loads(schema.read_text())).validate(document(FULL))


def test_the_file_fits_the_latest_compose_specification() -> None:
    found = next((path for path in SCHEMAS if path.is_file()), None)
    if found is None:
        pytest.skip(f"no compose-spec.json at {SCHEMAS[0]}")
    jsonschema.Draft7Validator(json.loads(found.read_text())).validate(document(FULL))


@pytest.mark.docker
@pytest.mark.parametrize("program", ["docker-compose-v5", "docker-compose-1.29"])
def test_both_composes_accept_the_file(program: str, tmp_path: Path) -> None:
    command = _compose(program)
    for artifact in (*compose.render(FULL, site(FULL)), DOCKERFILE):
        target = tmp_path / artifact.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(artifact.content)
    for unit in ("postgres", "postgres-exporter"):
        (tmp_path / "secrets" / unit).mkdir()
        (tmp_path / "secrets" / unit / "postgres-password").write_text("a password")
    done = subprocess.run(
        [command, "config"], cwd=tmp_path, env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    resolved = yaml.safe_load(done.stdout)["services"]
    assert set(resolved) == {component.name for component in FULL.components}
    assert "a password" not in done.stdout


def _compose(program: str) -> str:
    """The path of a compose by its version; skips where it is absent."""
    found = compose_v5() if program == "docker-compose-v5" else compose_1()
    if found is None:
        pytest.skip(f"no {program} here")
    return found


def test_nothing_in_a_core_component_needs_a_shell() -> None:
    tests = [s["healthcheck"]["test"] for s in document(FULL)["services"].values()]  # type: ignore[index]
    assert not [test for test in tests if test[0] == "CMD-SHELL" or test[1] in ("sh", "bash")]


def test_containers_share_a_network_only_with_those_they_talk_to() -> None:
    loaded = document(FULL)
    of = {name: set(map(str, service["networks"])) for name, service in loaded["services"].items()}  # type: ignore[call-overload]
    assert of["postgres"] == of["redis"] == {"data"}
    assert of["postgres-exporter"] == {"data", "monitoring"}
    assert of["prometheus"] == {"monitoring"}
    assert set(loaded["networks"]) == set().union(*of.values())


def test_nothing_gets_out_of_this_machine_from_the_databases_network() -> None:
    options = document(FULL)["networks"]["data"]
    assert options == {"driver_opts": {"com.docker.network.bridge.enable_ip_masquerade": "false"}}
    assert document(FULL)["networks"]["monitoring"] == {}
