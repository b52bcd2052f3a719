"""Where traces go: the collector and Tempo in containers, a small collector of our own for local processes.

In containers everybody sends to Alloy, which counts all spans, keeps the traces with an error, the slow ones and a
share of the others, and hands those to Tempo. A machine without containers has no Tempo: ``traces`` keeps them all,
up to its bound.
"""

from __future__ import annotations

from typing import Final

from platformctl.model.component import Component, Container, HttpHealth, Image, Native, Port, Scrape
from platformctl.model.units import seconds

TEMPO: Final = Component(
    name="tempo",
    title="Tempo",
    ports=(Port(name="http", number=3200), Port(name="otlp", number=4320)),
    health=HttpHealth(port="http", path="/ready"),
    scrape=Scrape(port="http"),
    config=("tempo",),
    container=Container(
        image=Image(repository="grafana/tempo", tag="3.0.3"),
        command=("-config.file={config}/tempo.yml",),
        config_path="/etc/platformctl",
        data_path="/var/tempo",
        user="10001",
        memory_mb=1024,
        # The image holds the program and nothing else.
        health_command=("/tempo", "-health", "-health.url=http://127.0.0.1:{port:http}/ready"),
        tmpfs=("/tmp",),  # noqa: S108 - a path in the container
    ),
)

COLLECTOR: Final = Component(
    name="collector",
    title="Collector of traces",
    ports=(Port(name="http", number=12346), Port(name="otlp", number=4318)),
    health=HttpHealth(port="http", path="/-/ready"),
    scrape=Scrape(port="http"),
    config=("collector",),
    needs=("tempo", "prometheus"),
    container=Container(
        image=Image(repository="grafana/alloy", tag="v1.12.0"),
        command=(
            "run", "--server.http.listen-addr={listen:http}", "--storage.path={data}",
            "--disable-reporting", "{config}/config.alloy",
        ),
        config_path="/etc/platformctl",
        data_path="/var/lib/alloy",
        user="473",
        memory_mb=512,
        # The image has a bash, but no wget.
        health_command=("bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/{port:http}"),
        tmpfs=("/tmp",),  # noqa: S108 - a path in the container
    ),
    backup=None,  # it holds a trace for seconds only
)  # fmt: skip

TRACES: Final = Component(
    name="traces",
    title="Traces",
    ports=(Port(name="http", number=3201), Port(name="otlp", number=4319)),
    health=HttpHealth(port="http", path="/ready"),
    scrape=Scrape(port="http", interval=seconds(15)),
    native=Native(
        binaries=("python3",),
        modules=("opentelemetry.sdk", "platform_telemetry"),
        args=("-m", "platform_telemetry.traces"),
        environment={
            "TRACES_OTLP_LISTEN": "{listen:otlp}",
            "TRACES_LISTEN": "{listen:http}",
            "TRACES_STATE": "{data}",
        },
        package="platformctl[demo]",
    ),
    backup=None,  # spans of the last hours, up to a bound
)

COMPONENTS: Final = (TEMPO, COLLECTOR, TRACES)
