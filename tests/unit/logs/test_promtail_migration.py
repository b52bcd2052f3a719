"""A Promtail file as Alloy's: the same settings by other names, and nothing dropped in silence."""

from __future__ import annotations

import yaml

from platformctl.render.promtail_migration import Migrated, migrate

FILE = """
positions: {filename: /var/lib/promtail/positions.yaml}
target_config: {sync_period: 7s}
clients:
  - url: http://loki:3100/loki/api/v1/push
    batchsize: 1048576
    drop_rate_limited_batches: true
    basic_auth: {username: me, password: hunter2}
    tls_config: {ca_file: /ca.pem}
    external_labels: {cluster: one}
    backoff_config: {max_retries: 10}
scrape_configs:
  - job_name: my files
    static_configs: [{targets: [localhost], labels: {job: varlogs, __path__: /var/log/*.log}}]
    relabel_configs: [{source_labels: [job], target_label: origin}]
    pipeline_stages:
      - json: {expressions: {level: level}}
      - labels: {level: }
      - match: {selector: '{level="debug"}', stages: [{drop: {expression: noise}}]}
      - metrics: {seen: {type: Counter, config: {match_all: true, action: inc}}}
      - labeldrop: [filename]
"""


def _migrated(text: str) -> Migrated:
    return migrate(yaml.safe_load(text))


def test_everything_of_a_usual_file_is_there_by_its_new_name() -> None:
    text = _migrated(FILE).text
    for wanted in (
        'loki.write "default"',
        'batch_size          = "1048576B"',
        "retry_on_http_429   = false",
        "max_backoff_retries = 10",
        'ca_file = "/ca.pem"',
        'sync_period  = "7s"',
        'legacy_positions_file = "/var/lib/promtail/positions.yaml"',
        'local.file_match "my_files"',
        "targets               = local.file_match.my_files.targets",
        "discovery.relabel.my_files.output",
        'selector = "{level=\\"debug\\"}"',
        'expression = "noise"',
        "metric.counter {",
        "stage.label_drop {",
    ):
        assert wanted in text, wanted


def test_a_secret_is_never_copied_and_said_to_be_missing() -> None:
    found = _migrated(FILE)
    assert "hunter2" not in found.text + "".join(found.left_out)
    assert found.left_out == (
        "client default, basic_auth.password: a secret is not copied: write it to a file, and name the file in"
        " password_file",
    )


def test_what_has_no_equivalent_is_named_with_its_place() -> None:
    found = _migrated(
        """
        server: {http_listen_port: 9080}
        clients: [{url: "http://loki", stream_lag_labels: a}]
        scrape_configs:
          - {job_name: a, kafka: {brokers: [b]}}
          - {job_name: b, static_configs: [], pipeline_stages: [{strange: {}}, {drop: {odd: 1}}]}
        """
    )
    assert [note.partition(":")[0] for note in found.left_out] == [
        "client default, option stream_lag_labels",
        "job a, kafka",
        "job b, stage 1 (strange)",
        "job b, stage 2 (drop), option odd",
        "server",
    ]


def test_two_jobs_of_one_name_become_two_components() -> None:
    text = _migrated(
        "scrape_configs: [{job_name: a, static_configs: []}, {job_name: a, static_configs: []}]"
    ).text
    assert 'local.file_match "a"' in text
    assert 'local.file_match "a_2"' in text
