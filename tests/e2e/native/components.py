"""Components that are small programs, for what real servers do not do on demand."""

from __future__ import annotations

from platformctl.model.component import Component, Native, Port, PrepareStep, TcpHealth


def shell(name: str, script: str, *, prepare: tuple[PrepareStep, ...] = (), **native: object) -> Component:
    """A component that is a shell script; it listens on nothing unless the script does."""
    return Component(
        name=name,
        title=name,
        ports=(Port(name="tcp", number=1024),),
        health=TcpHealth(port="tcp"),
        native=Native(binaries=("sh",), args=("-c", script), prepare=prepare, **native),  # type: ignore[arg-type]
    )


LISTEN = (
    "import signal, socket, sys, time; s = socket.socket(); s.setsockopt(1, 2, 1);"
    "s.bind(('127.0.0.1', int(sys.argv[1]))); s.listen(); "
)


def python(name: str, code: str, **native: object) -> Component:
    """A component that is a Python program, which listens and then does as `code` says."""
    return Component(
        name=name,
        title=name,
        ports=(Port(name="tcp", number=1024),),
        health=TcpHealth(port="tcp"),
        native=Native(
            binaries=(),
            modules=("socket",),
            args=("-c", LISTEN + code, "{port:tcp}"),
            **native,  # type: ignore[arg-type]
        ),
    )
