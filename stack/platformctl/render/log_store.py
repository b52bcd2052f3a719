"""Settings of Loki that say where lines lie, and how its processes find each other."""

from __future__ import annotations

from typing import Final, TypeAlias

from platformctl.model.log_store import BACKEND, LOKI, LogProcess, LogStore, ObjectStorage
from platformctl.model.site import Site

Settings: TypeAlias = dict[str, object]

LOOPBACK: Final = "127.0.0.1"
_S3: Final = "s3"
_IN_MEMORY: Final = {"store": "inmemory"}


def kind(store: LogStore) -> str:
    """What the schema and the compactor call the storage."""
    return _S3 if store.objects else "filesystem"


def disk(store: LogStore, data: str) -> Settings:
    """What ``common`` says about the storage: nothing where it is a bucket."""
    if store.objects:
        return {}
    return {
        "storage": {"filesystem": {"chunks_directory": f"{data}/chunks", "rules_directory": f"{data}/rules"}}
    }


def bucket(store: LogStore, rules: str) -> Settings:
    """The sections for a bucket, and for the folder of rules, which is named elsewhere then; none without one."""
    if not store.objects:
        return {}
    return {
        "storage_config": {"use_thanos_objstore": True, "object_store": {_S3: _bucket(store.objects)}},
        "ruler_storage": {"backend": "local", "local": {"directory": rules}},
    }


def rules(store: LogStore, folder: str) -> Settings:
    """Where the ruler finds its rules, unless `bucket` says so."""
    return {} if store.objects else {"storage": {"type": "local", "local": {"directory": folder}}}


def _bucket(objects: ObjectStorage) -> Settings:
    """The keys come from the file that AWS_SHARED_CREDENTIALS_FILE names."""
    return {
        "endpoint": objects.endpoint,
        "bucket_name": objects.bucket,
        "region": objects.region,
        "insecure": not objects.tls,
        "dualstack_enabled": False,
        "native_aws_auth_enabled": True,
    }


def joined(config: Settings, store: LogStore, site: Site, process: LogProcess) -> Settings:
    """The configuration of one process of several: they know each other by gossip, and a few by address."""
    host = site.reach(process.name, "grpc").rpartition(":")[0]
    scheduler = site.reach(LOKI, "grpc")
    listen, _, port = site.places[process.name].listen["gossip"].rpartition(":")
    alone = {"kvstore": _IN_MEMORY, "instance_addr": host}
    return merged(
        config,
        {
            "target": ",".join(process.modules),
            "server": {"grpc_listen_address": listen},
            "memberlist": {
                "node_name": process.name,
                "randomize_node_name": False,
                "bind_addr": [listen],
                "bind_port": int(port),
                "advertise_port": int(port),
                "join_members": [site.reach(of.name, "gossip") for of in store.processes],
            },
            "common": {
                "instance_addr": host,
                "compactor_grpc_address": site.reach(BACKEND, "grpc"),
                "replication_factor": store.replicas,
                "ring": {
                    "instance_id": process.name,
                    "instance_addr": host,
                    "kvstore": {"store": "memberlist"},
                },
            },
            "frontend": {
                "address": host,
                "scheduler_address": scheduler,
                "tail_proxy_url": f"http://{site.reach(f'{LOKI}-read-1', 'http')}",
            },
            "frontend_worker": {"scheduler_address": scheduler},
            "storage_config": {
                "tsdb_shipper": {"index_gateway_client": {"server_address": site.reach(BACKEND, "grpc")}}
            },
            # There is one of each.
            "compactor": {"compactor_ring": alone},
            "ruler": {"ring": alone},
        },
    )


def merged(base: Settings, over: Settings) -> Settings:
    """`base` with the values of `over`, section by section."""
    both = dict(base)
    for key, value in over.items():
        before = both.get(key)
        both[key] = merged(before, value) if isinstance(before, dict) and isinstance(value, dict) else value
    return both
