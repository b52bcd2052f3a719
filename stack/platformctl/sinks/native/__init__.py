"""Components as local processes of this machine."""

from platformctl.sinks.native.runtime import NativeRuntime

__all__ = ["NativeRuntime"]
