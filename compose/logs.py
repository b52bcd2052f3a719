"""Where log lines come from, what must not leave the host, how long who keeps what; the agent."""

from __future__ import annotations

from typing import Final

from platformctl.model.component import (
    Component,
    Container,
    HttpHealth,
    HttpReload,
    Image,
    Native,
    Port,
    Scrape,
)
from platformctl.model.log_limits import FloodLimit, StreamRetention, TierLimits
from platformctl.model.logs import (
    ContainerSource,
    Drop,
    FileSource,
    LogAgent,
    LogPipeline,
    Multiline,
    OperatorsCopy,
    Redaction,
    Telling,
    TimeFormat,
)
from platformctl.model.units import days

# Parts of the names of fields whose values are nobody's business, and words that tell of one.
_PRIVATE: Final = (
    "(?:passw(?:or)?d|passwd|pwd|passphrase|passcode|secret|token|api[_-]?key|access[_-]?key|private[_-]?key"
    "|signature|authorization|cookie|session[_-]?id|credential|card[_-]?(?:no|number)|cvv|cvc|iban|ssn)"
)
_PRIVATE_WORDS: Final = (
    "pass", "pwd", "secret", "token", "key", "signature", "authorization", "cookie", "session", "credential",
    "card", "cvv", "cvc", "iban", "ssn",
)  # fmt: skip
_NAME: Final = f"[a-zA-Z0-9_.-]*{_PRIVATE}[a-zA-Z0-9_.-]*"

# Text within strings first, whole fields last: what a field rule leaves is already clean.
REDACTIONS: Final = (
    Redaction(
        name="private-key",
        pattern=r"-----BEGIN [A-Z ]*PRIVATE KEY-----([^-]+)(?:-----END [A-Z ]*PRIVATE KEY-----)?",
        only_with=("private key",),
    ),
    Redaction(
        name="authorization",
        pattern=r"""(?i)authorization\\*["']?\s*[:=]\s*\\*["']?((?:bearer|basic|token|digest|negotiate)\s+[^\s"'\\,;]+)""",
        only_with=("authorization",),
    ),
    # Elsewhere "basic" and "bearer" are words: what follows must look like a credential.
    Redaction(
        name="bare-scheme",
        pattern=r"\b(?:[Bb]earer|[Bb]asic)\s+([A-Za-z0-9._~+/-]*(?:[0-9=]|[a-z][A-Z])[A-Za-z0-9._~+/=-]*)",
        only_with=("bearer", "basic"),
    ),
    Redaction(
        name="jwt",
        pattern=r"\b(eyJ[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*)?)",
        only_with=("eyj",),
    ),
    Redaction(
        name="url-password", pattern=r"[a-z][a-z0-9+.-]*://[^\s/:@\"]*:([^\s/\"]+)@", only_with=("://",)
    ),
    Redaction(name="aws-key", pattern=r"\b((?:AKIA|ASIA)[A-Z0-9]{16})\b", only_with=("akia", "asia")),
    Redaction(
        name="provider-key",
        pattern=r"\b((?:sk|pk|rk)_(?:live|test)_[A-Za-z0-9]{8,}|gh[pousr]_[A-Za-z0-9]{20,}"
        r"|xox[abpr]-[A-Za-z0-9-]{10,})",
        only_with=("k_live_", "k_test_", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "xox"),
    ),
    Redaction(
        name="email",
        pattern=r"([A-Za-z0-9][A-Za-z0-9._%+-]*@[A-Za-z0-9.-]+\.[A-Za-z]{2,})",
        only_with=("@",),
    ),
    Redaction(
        name="card-number",
        pattern=r"(?:^|[^0-9a-zA-Z.-])([2-6][0-9]{3}(?:[ -]?[0-9]{4}){2}[ -]?[0-9]{1,4})(?:$|[^0-9a-zA-Z-])",
        within="[2-6][0-9]{3}[ -]?[0-9]{4}[ -]?[0-9]{4}",
    ),
    Redaction(
        name="iban",
        pattern=r"\b([A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?)\b",
        within="[A-Z]{2}[0-9]{2} ?[A-Z0-9]{4}",
    ),
    Redaction(
        name="escaped-field", pattern=rf'(?i){_NAME}\\+"\s*:\s*\\+"([^"\\]+)', only_with=_PRIVATE_WORDS
    ),
    Redaction(
        name="quoted-pair",
        pattern=rf"""(?i){_NAME}\\*["']?\s*=\s*(?:\\"|')([^"'\\]+)""",
        only_with=_PRIVATE_WORDS,
    ),
    Redaction(
        name="pair",
        pattern=rf"""(?i){_NAME}\\*["']?\s*[=:](?:\s|\\[tnr])*([^\s"'\\,;&{{}}\[\]]+)""",
        only_with=_PRIVATE_WORDS,
    ),
    Redaction(
        name="list-field",
        pattern=rf'(?i)"{_NAME}"\s*:\s*\[([^\]]+)\]',
        replacement='"[redacted]"',
        only_with=_PRIVATE_WORDS,
    ),
    Redaction(
        name="string-field",
        pattern=rf'(?i)"{_NAME}"\s*:\s*"((?:[^"\\]|\\.)+)"',
        only_with=_PRIVATE_WORDS,
    ),
)

# Programs begin a record with a brace, a date or another number, a pair, or a level. What begins otherwise
# (a traceback, a stack dump, a banner) goes on with the record before it.
FIRST_LINES: Final = Multiline(
    first=r"^(?:\{|\[|<?[0-9]|[a-zA-Z_]+=|(?i:trace|debug|info|notice|log|warn|warning|err|error|crit|critical"
    r"|fatal|panic|hint|detail|statement|context)\b)"
)

# The operators' organisation holds some streams of every tenant, and no line for long: the tenant's own copy stays.
OPERATORS_LIMITS: Final = TierLimits(rate_mb=32, burst_mb=64, streams=100_000, keep=days(7))

SERVICES: Final = LogPipeline(
    name="services",
    sources=(FileSource(glob="*.log"), ContainerSource(project="platformctl")),
    labels=("tenant", "service", "level"),
    structured_metadata=("request_id", "trace_id", "route", "code"),
    redactions=REDACTIONS,
    multiline=FIRST_LINES,
    drops=(
        Drop(
            name="health-checks",
            pattern=r'"(?:route|path)"\s*:\s*"/(?:health|healthz|ready|metrics)"[^\n]*"code"\s*:\s*200'
            r'|"code"\s*:\s*200[^\n]*"(?:route|path)"\s*:\s*"/(?:health|healthz|ready|metrics)"',
            why="probes that succeeded say nothing, every few seconds; failed ones are kept",
            only_with=("/health", "/ready", "/metrics"),
        ),
    ),
    copy=OperatorsCopy(
        levels=("error", "critical"),
        tellings=(
            Telling(
                name="tracebacks",
                pattern=r'Traceback \(most recent call last\)|panic: |"exception": ?\[\{',
                only_with=("traceback (most", "panic: ", "exception"),
            ),
        ),
        limits=OPERATORS_LIMITS,
    ),
    # Half of what an agent can do; whoever has waited for a minute at that rate still loses nothing.
    flood=FloodLimit(lines_per_s=5_000, burst=300_000),
    retention=days(30),
    stream_retention=(
        StreamRetention(labels={"level": "debug"}, keep=days(3), priority=2),
        StreamRetention(labels={"service": "audit"}, keep=days(365), priority=10),
    ),
    tier_limits={
        "trial": TierLimits(rate_mb=1, burst_mb=2, streams=200, keep=days(7)),
        "bronze": TierLimits(rate_mb=1, burst_mb=4, streams=500, keep=days(14)),
        "silver": TierLimits(rate_mb=2, burst_mb=8, streams=1000, keep=days(30)),
        "gold": TierLimits(rate_mb=4, burst_mb=16, streams=2000, keep=days(90)),
        "platinum": TierLimits(rate_mb=8, burst_mb=32, streams=5000, keep=days(180)),
    },
)

# Caddy's access log: the one place that sees every request with its answer, also those that never reach a service.
GATEWAY: Final = LogPipeline(
    name="gateway",
    sources=(FileSource(component="gateway", glob="access.log"),),
    service="gateway",
    labels=("tenant", "service", "level"),
    structured_metadata=("request_id", "trace_id", "code", "decision"),
    fields={"code": "status", "trace_id": "traceID"},
    timestamp_field="ts",
    timestamp_format=TimeFormat.UNIX,
    redactions=REDACTIONS,
    # Small lines, and the only ones that name the tenant of every request: whose is this request id?
    copy=OperatorsCopy(everything=True, limits=OPERATORS_LIMITS),
)

LOG_PIPELINES: Final = (SERVICES, GATEWAY)

BUILT: Final = ("~/.cache/platformctl/bin",)
"""Where scripts/build_loki.py leaves what no package repository of Debian or PyPI carries."""

# Either reads the same pipelines, each in its own language. Promtail is what was asked for, and a real one passes the
# tests. It reached its end of life on 2 March 2026 and gets no fixes any more: where the host is not yours
# alone, or what is logged comes from strangers, choose Alloy. `platformctl migrate promtail-to-alloy` shows what
# becomes of a Promtail file of your own.
LOG_AGENT: Final = LogAgent.PROMTAIL

# The engine's files are root's; without capabilities root is nobody else. Both images have a shell, and no wget.
_ENGINE: Final = {"/var/lib/docker/containers": "/var/lib/docker/containers"}
_WHY: Final = {"root-user": "the files that the engine keeps of containers' lines are root's"}
_ANSWERS: Final = ("bash", "-c", "</dev/tcp/127.0.0.1/{port:http}")
_PROMTAIL_ARGS: Final = ("-config.file={config}/promtail.yml",)
_ALLOY_ARGS: Final = (
    "run", "--server.http.listen-addr={listen:http}", "--storage.path={data}", "--disable-reporting",
    "{config}/config.alloy",
)  # fmt: skip

PROMTAIL: Final = Component(
    name="promtail",
    title="Promtail",
    ports=(Port(name="http", number=9080),),
    health=HttpHealth(port="http", path="/ready"),
    scrape=Scrape(port="http"),
    config=("promtail",),
    needs=("loki",),
    reads=("gateway",),
    accepts=_WHY,
    container=Container(
        image=Image(repository="grafana/promtail", tag="3.6.15"),
        command=_PROMTAIL_ARGS,
        config_path="/etc/platformctl",
        data_path="/var/lib/promtail",
        user="0",
        host_paths=_ENGINE,
        health_command=_ANSWERS,
        tmpfs=("/tmp",),  # noqa: S108 - a path in the container
    ),
    native=Native(
        binaries=("promtail",),
        search=BUILT,
        args=_PROMTAIL_ARGS,
        version_argv=("-version",),
    ),
)

ALLOY: Final = Component(
    name="alloy",
    title="Alloy",
    ports=(Port(name="http", number=12345),),
    health=HttpHealth(port="http", path="/-/ready"),
    scrape=Scrape(port="http"),
    config=("alloy",),
    reload=HttpReload(port="http", path="/-/reload"),
    needs=("loki",),
    reads=("gateway",),
    accepts=_WHY,
    container=Container(
        image=Image(repository="grafana/alloy", tag="v1.12.0"),
        command=_ALLOY_ARGS,
        config_path="/etc/platformctl",
        data_path="/var/lib/alloy",
        user="0",
        memory_mb=512,
        host_paths=_ENGINE,
        health_command=_ANSWERS,
        tmpfs=("/tmp",),  # noqa: S108 - a path in the container
    ),
    native=Native(
        binaries=("alloy",),
        search=BUILT,
        args=_ALLOY_ARGS,
    ),
)

COMPONENTS: Final = ({LogAgent.PROMTAIL: PROMTAIL, LogAgent.ALLOY: ALLOY}[LOG_AGENT],)
