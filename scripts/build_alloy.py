"""Build a small Grafana Alloy from its published Go module, for the tests that need a real one.

    python scripts/build_alloy.py

It knows the components that platformctl writes and no others (`COMPONENTS`), and can read, format and convert
files like the published one. Its configuration language is a module of its own, of which the proxy has an older
version than this Alloy was made with: five functions that are missing there are added (`SHIM`). So this is
a program to test with, and none to run. The first build takes some twenty minutes on two cores.
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path
from typing import Final

from go_builds import Recipe, fetch, go, provide, writable_copy

MODULE: Final = "github.com/grafana/alloy"
VERSION: Final = "v1.5.1"
LANGUAGE: Final = ("github.com/grafana/alloy/syntax", "v0.1.0")
COMPONENTS: Final = (
    "discovery/docker", "discovery/relabel", "local/file", "local/file_match", "loki/echo", "loki/process",
    "loki/relabel", "loki/source/api", "loki/source/docker", "loki/source/file", "loki/write",
    "otelcol/connector/spanmetrics", "otelcol/exporter/loki", "otelcol/exporter/otlp", "otelcol/exporter/otlphttp",
    "otelcol/exporter/prometheus", "otelcol/processor/attributes", "otelcol/processor/batch",
    "otelcol/processor/tail_sampling", "otelcol/receiver/loki", "otelcol/receiver/otlp", "prometheus/remotewrite",
)  # fmt: skip
# Discovery and integrations of everything else, which main.go registers.
NOT_NEEDED: Final = (
    "github.com/grafana/loki/v3/clients/pkg/promtail/discovery/consulagent",
    "github.com/prometheus/prometheus/discovery/install",
    "github.com/grafana/alloy/internal/static/integrations/install",
    "github.com/grafana/alloy/internal/winmanifest",
)
# Came with the integrations: lets two libraries register the same feature gate.
NEEDED: Final = "github.com/grafana/alloy/internal/util/otelfeaturegatefix"
SHIM: Final = """package vm

import "github.com/grafana/alloy/syntax/internal/stdlib"

// NewScope is a scope with these variables.
func NewScope(variables map[string]interface{}) *Scope { return &Scope{Variables: variables} }

// NewScopeWithParent is NewScope below another.
func NewScopeWithParent(parent *Scope, variables map[string]interface{}) *Scope {
	return &Scope{Parent: parent, Variables: variables}
}

// IsStdlibIdentifiers tells whether the name is the library's.
func (s *Scope) IsStdlibIdentifiers(name string) bool { _, ok := stdlib.Identifiers[name]; return ok }

// IsStdlibDeprecated tells that none is: this version knows of none.
func (s *Scope) IsStdlibDeprecated(string) bool { return false }

// IsStdlibExperimental tells that none is: this version knows of none.
func (s *Scope) IsStdlibExperimental(string) bool { return false }
"""


def _build(target: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="build-alloy-") as scratch:
        folder = Path(scratch) / "alloy"
        _trim(folder)
        go(
            "build",
            "-mod=mod",
            "-trimpath",
            "-tags=netgo",
            "-ldflags=-s -w",
            "-o",
            str(target),
            ".",
            cwd=folder,
        )


def _trim(folder: Path) -> None:
    """Alloy's source, with what is needed of it."""
    writable_copy(fetch(MODULE, VERSION), folder)
    writable_copy(fetch(*LANGUAGE), folder / "syntax")  # where go.mod looks for it
    (folder / "syntax" / "vm" / "shim.go").write_text(SHIM)
    imports = "".join(f'\t_ "{MODULE}/internal/component/{name}"\n' for name in COMPONENTS)
    (folder / "internal" / "component" / "all" / "all.go").write_text(
        f"package all\n\nimport (\n{imports})\n"
    )
    _edit(folder / "main.go", *((f'_ "{name}"', "") for name in NOT_NEEDED))
    _edit(folder / "main.go", (f'"{MODULE}/internal/build"', f'"{MODULE}/internal/build"\n\t_ "{NEEDED}"'))
    converter = folder / "internal" / "converter" / "converter.go"
    for kind in ("otelcol", "static"):
        _edit(converter, (f'"{MODULE}/internal/converter/internal/{kind}convert"', ""))
    text = re.sub(r"\tcase Input(?:OtelCol|Static):\n.*\n", "", converter.read_text())
    converter.write_text(text)


def _edit(path: Path, *replacements: tuple[str, str]) -> None:
    text = path.read_text()
    for find, put in replacements:
        if find not in text:
            raise SystemExit(f"{path.name} of {MODULE} {VERSION} does not hold {find}")
        text = text.replace(find, put)
    path.write_text(text)


if __name__ == "__main__":
    sys.exit(provide(sys.argv[1:], {"alloy": Recipe("alloy", f"{VERSION}-slim", _build)}))
