"""Runs an application of the demo: ``python -m demo.serve api`` or ``traffic``, at the address DEMO_LISTEN."""

from __future__ import annotations

import logging
import os
import sys
from typing import Final

import uvicorn
from fastapi import FastAPI

from demo import main, settings, traffic
from platform_telemetry import logs

_USAGE: Final = 2


def _application(name: str) -> FastAPI | None:
    match name:
        case "api":
            return main.create_app(settings.from_environment())
        case "traffic":
            return traffic.create_app(settings.traffic_from_environment())
        case _:
            return None


def run(arguments: list[str]) -> int:
    """Serve until a signal ends it; returns the exit code."""
    name = arguments[0] if arguments else ""
    app = _application(name)
    if app is None:
        sys.stderr.write("usage: python -m demo.serve api|traffic\n")
        return _USAGE
    logs.configure(service=f"demo-{name}")
    logging.getLogger("httpx").setLevel(logging.WARNING)  # a line per request is the server's to write
    host, _, port = os.environ["DEMO_LISTEN"].rpartition(":")
    config = uvicorn.Config(
        app, host=host, port=int(port), log_config=None, access_log=False, timeout_graceful_shutdown=3,
        server_header=False,
    )  # fmt: skip
    uvicorn.Server(config).run()
    return 0


if __name__ == "__main__":
    raise SystemExit(run(sys.argv[1:]))
