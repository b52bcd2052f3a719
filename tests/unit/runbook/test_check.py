"""`platformctl runbook check` and `new` on a workspace."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from support import sample

from platformctl.app.runbook import NoRunbook, look_up
from platformctl.app.runbook_check import check_runbooks, commands_parse
from platformctl.app.runbook_new import new_page, page_for
from platformctl.app.session import Request
from platformctl.checks.alert_has_runbook import alert_has_runbook
from platformctl.errors import PlatformError, UsageError
from platformctl.model.problem import Problem
from platformctl.model.runbook import Runbook
from platformctl.sources.shell import shell_refusal

ROOT = Path(__file__).parents[3]
needs_bash = pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "tests" / "platform", tmp_path / "workspace")
    return tmp_path / "workspace"


def found(folder: Path) -> dict[str, Problem]:
    return {problem.check: problem for problem in check_runbooks(Request(workspace=folder)).problems}


def write(folder: Path, name: str, text: str) -> None:
    (folder / "runbooks" / f"{name}.md").write_text(text)


def appended(folder: Path, text: str) -> None:
    page = folder / "runbooks" / "ServiceDown.md"
    page.write_text(f"{page.read_text()}\n{text}\n")


def test_the_pages_of_this_platform_pass() -> None:
    assert check_runbooks(Request(workspace=ROOT)).problems == ()


def test_a_page_without_an_alert_and_an_alert_without_a_page_are_told(folder: Path) -> None:
    (folder / "runbooks" / "ServiceDown.md").rename(folder / "runbooks" / "ServiceGone.md")
    assert found(folder).keys() == {"alert_has_runbook", "runbook_has_alert"}


@pytest.mark.parametrize(
    ("text", "check"),
    [
        ("See [the other](Nowhere.md).", "runbook_links_resolve"),
        ("```promql\nsum by (job (up)\n```", "promql_parses"),
        ("```promql\nuup == 0\n```", "metrics_are_known"),
        ("```promql\nsum by (colour) (up)\n```", "labels_are_known"),
        ("<!-- write: who notices -->", "runbook_is_written"),
    ],
)
def test_what_is_wrong_in_a_page_is_told_with_its_place(folder: Path, text: str, check: str) -> None:
    appended(folder, text)
    problems = found(folder)
    assert problems.keys() == {check}
    assert problems[check].where == "runbooks/ServiceDown.md"


@needs_bash
def test_a_command_that_is_no_shell_is_told(folder: Path) -> None:
    appended(folder, "```sh\ncurl 'http://127.0.0.1\n```")
    problems = found(folder)
    assert problems.keys() == {"runbook_commands_parse"}
    assert "unexpected EOF" in problems["runbook_commands_parse"].what


@needs_bash
def test_commands_are_parsed_and_never_run(tmp_path: Path) -> None:
    assert shell_refusal(f"touch {tmp_path}/made; $(touch {tmp_path}/made)") is None
    assert not (tmp_path / "made").exists()


def test_a_machine_without_a_shell_has_a_named_skip() -> None:
    page = Runbook(name="ShopDown", path="runbooks/ShopDown.md", text="```sh\nls\n```\n")
    platform = replace(sample.PLATFORM, runbooks=(page,))
    (skipped,) = commands_parse(platform, which=lambda _: None)
    assert skipped.level == "skipped"
    assert "bash" in skipped.what


def test_what_is_wrong_elsewhere_is_not_told_here(folder: Path) -> None:
    alerts = folder / "alerts_src" / "service.py"
    alerts.write_text(alerts.read_text().replace("job:up:min == 0", "job:up:mni == 0"))
    assert found(folder) == {}


def test_a_new_page_has_every_section_and_asks_to_be_written(folder: Path) -> None:
    (folder / "runbooks" / "ServiceDown.md").unlink()
    path = new_page(Request(workspace=folder), "ServiceDown")
    assert path == folder.resolve() / "runbooks" / "ServiceDown.md"
    assert found(folder).keys() == {"runbook_is_written"}


def test_a_new_page_knows_what_its_alert_says() -> None:
    laid = Runbook(name="ShopDown", path="runbooks/ShopDown.md", text=page_for(sample.SHOP_DOWN))
    platform = replace(sample.with_alerts(sample.SHOP_DOWN), runbooks=(laid,))
    assert list(alert_has_runbook(platform)) == []
    assert "No answer from … for 30 seconds." in laid.text
    assert '```promql\nup{job="shop"} == 0\n```' in laid.text


def test_a_page_that_is_there_is_never_overwritten(folder: Path) -> None:
    before = (folder / "runbooks" / "ServiceDown.md").read_text()
    with pytest.raises(PlatformError, match="has a runbook already"):
        new_page(Request(workspace=folder), "ServiceDown")
    assert (folder / "runbooks" / "ServiceDown.md").read_text() == before


@pytest.mark.parametrize("name", ["ServiceDwn", "../../etc/passwd", ""])
def test_a_page_is_laid_for_an_alert_only(folder: Path, name: str) -> None:
    before = sorted(folder.parent.rglob("*.md"))
    with pytest.raises(PlatformError, match="no alert"):
        new_page(Request(workspace=folder), name)
    assert sorted(folder.parent.rglob("*.md")) == before


def test_no_page_is_laid_into_the_built_in_workspace(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="built-in"):
        new_page(Request(start=tmp_path), "ServiceDown")


def test_broken_definitions_do_not_hide_the_pages(folder: Path) -> None:
    (folder / "alerts_src" / "service.py").write_text("ALERTS = (")
    by_name = look_up(folder, start=folder, wanted="servicedown")
    by_symptom = look_up(folder, start=folder, wanted="answered Prometheus")
    assert [hit.page.name for hit in (*by_name.hits, *by_symptom.hits)] == ["ServiceDown"] * 2
    assert by_name.notes == ()
    assert "alerts_src/service.py:1" in by_symptom.notes[0]


def test_what_fits_nothing_names_what_comes_closest(folder: Path) -> None:
    write(folder, "RedisMemorySaturated", "## Meaning\n\nFull.\n")
    with pytest.raises(NoRunbook) as caught:
        look_up(folder, start=folder, wanted="serverdawn")
    assert caught.value.fix == "platformctl runbook with one of: ServiceDown"


def test_without_a_wish_all_pages_are_listed(folder: Path) -> None:
    write(folder, "RedisMemorySaturated", "## Meaning\n\nFull.\n")
    listed = look_up(folder, start=folder, wanted="")
    assert [hit.page.name for hit in listed.hits] == ["RedisMemorySaturated", "ServiceDown"]
