"""The command line starts fast: nothing heavy is loaded before a command's body runs."""

import subprocess
import sys

import pytest

HEAVY = (
    "yaml",
    "requests",
    "jsonschema",
    "fastjsonschema",
    "grafanalib",
    "promql_parser",
    "prometheus_api_client",
    "jinja2",
    "pydantic",
    "rich.table",
    "fastapi",
    "sqlalchemy",
    "asyncio",
)


def loaded_by(*arguments: str) -> set[str]:
    """The modules that are loaded after `platformctl ARGUMENTS`."""
    code = (
        "import sys\n"
        "from platformctl_cli.main import main\n"
        f"sys.argv = {['platformctl', *arguments]!r}\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print('\\n'.join(sorted(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stderr.splitlines())


def test_help_loads_no_heavy_library() -> None:
    modules = loaded_by("--help")
    assert [name for name in HEAVY if name in modules] == []
    assert not any(
        name.startswith(("platformctl.app", "platformctl.sources", "platformctl.render")) for name in modules
    )


def test_help_stays_small() -> None:
    """Typer and the standard library make some 240 modules; a new heavy import would show as hundreds more."""
    assert len(loaded_by("--help")) < 400


def test_the_list_of_heavy_libraries_would_catch_one() -> None:
    assert "yaml" in loaded_by("schema", "tenants")


@pytest.mark.parametrize("words", [("deploy",), ("ratelimit", "emergency"), ("tenants", "sync")])
def test_the_help_of_a_command_loads_no_heavy_library(words: tuple[str, ...]) -> None:
    modules = loaded_by(*words, "--help")
    assert [name for name in HEAVY if name in modules] == []
