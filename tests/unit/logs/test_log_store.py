"""A Loki that is several processes over a bucket: which there are, and what each is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from platformctl.errors import DefinitionError
from platformctl.model.log_store import CREDENTIALS, LogStore, ObjectStorage
from platformctl.model.platform import Platform
from platformctl.model.site import Place, Site
from platformctl.render import loki
from platformctl.sinks import secrets

BUCKET = ObjectStorage(endpoint="127.0.0.1:9000", bucket="lines", tls=False)
LARGE = LogStore(objects=BUCKET, writers=3, readers=2)


@pytest.fixture
def configs(platform: Platform, site: Site) -> dict[str, dict[str, dict[str, object]]]:
    """The configuration of each process, by its name."""
    places = {process.name: _place(process.name, at) for at, process in enumerate(LARGE.processes)}
    large = replace(site, places={**site.places, **places})
    rendered = loki.render(replace(platform, log_store=LARGE), large)
    files = {Path(artifact.path).stem: artifact.content for artifact in rendered}
    return {name: yaml.safe_load(files[name]) for name in places}


def _place(name: str, at: int) -> Place:
    addresses = {
        port: f"10.0.0.{at}:{number}" for port, number in (("http", 3100), ("grpc", 9096), ("gossip", 7946))
    }
    return Place(
        listen=addresses, reach=addresses, published=addresses, config="current/loki", data=name, release="current"
    )  # fmt: skip


def test_every_module_of_loki_runs_in_one_kind_of_process(
    configs: dict[str, dict[str, dict[str, object]]],
) -> None:
    assert {name: config["target"] for name, config in configs.items()} == {
        "loki-write-1": "ingester",
        "loki-write-2": "ingester",
        "loki-write-3": "ingester",
        "loki-backend": "compactor,index-gateway",
        "loki": "distributor,query-frontend,query-scheduler,ruler",
        "loki-read-1": "querier",
        "loki-read-2": "querier",
    }


def test_processes_know_each_other_and_hold_a_line_three_times(
    configs: dict[str, dict[str, dict[str, object]]],
) -> None:
    everybody = [f"10.0.0.{at}:7946" for at in range(7)]
    for name, config in configs.items():
        assert config["memberlist"]["join_members"] == everybody
        assert config["memberlist"]["advertise_port"] == 7946  # or others look for it at the usual one
        assert config["common"]["replication_factor"] == 3
        assert config["common"]["path_prefix"] == name
        assert config["frontend_worker"]["scheduler_address"] == "10.0.0.4:9096"


def test_the_keys_of_the_bucket_are_in_no_file_and_are_never_made_up(
    configs: dict[str, dict[str, dict[str, object]]], tmp_path: Path
) -> None:
    storage = configs["loki-write-1"]["storage_config"]["object_store"]
    assert storage == {
        "s3": {
            "endpoint": "127.0.0.1:9000", "bucket_name": "lines", "region": "us-east-1", "insecure": True,
            "dualstack_enabled": False, "native_aws_auth_enabled": True,
        }
    }  # fmt: skip
    assert secrets.ensure((CREDENTIALS, "another"), tmp_path) == {"another"}
    (tmp_path / CREDENTIALS).write_text("[default]")
    assert CREDENTIALS in secrets.ensure((CREDENTIALS,), tmp_path)
    assert (tmp_path / CREDENTIALS).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("writers", "readers", "objects", "why"),
    [
        (3, 0, BUCKET, "loses a way"),
        (2, 1, BUCKET, "none may be away"),
        (3, 2, None, "share no disk"),
        (-1, 0, BUCKET, "0 to 9 each"),
        (10, 2, BUCKET, "0 to 9 each"),
    ],
)
def test_a_store_that_cannot_work_is_refused(
    writers: int, readers: int, objects: ObjectStorage | None, why: str
) -> None:
    with pytest.raises(DefinitionError, match=why):
        LogStore(objects=objects, writers=writers, readers=readers)


@pytest.mark.parametrize("endpoint", ["https://s3.example.com", "s3.example.com/path", "a b", ""])
def test_an_endpoint_is_a_host_and_perhaps_a_port(endpoint: str) -> None:
    with pytest.raises(DefinitionError):
        ObjectStorage(endpoint=endpoint, bucket="lines")
