"""This platform's runbook pages: their commands are shell, and they are served where alerts link to."""

import re
import subprocess
from pathlib import Path

import pytest
from support import sample
from support.sites import native_site

from platformctl.render import runbook_site
from platformctl.render.links import alert_annotations

PAGES = sorted((Path(__file__).parents[3] / "runbooks").glob("*.md"))
SHELL = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_commands_of_a_page_are_shell(page: Path) -> None:
    blocks = SHELL.findall(page.read_text())
    assert blocks or "```promql" in page.read_text()
    for block in blocks:
        done = subprocess.run(["bash", "-n"], input=block, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def test_the_link_of_an_alert_is_the_path_of_its_page() -> None:
    site = native_site(sample.PLATFORM)
    link = alert_annotations(sample.SHOP_DOWN, site)["runbook_url"]
    served = {a.path.removeprefix("prometheus/assets/") for a in runbook_site.render(sample.PLATFORM, site)}
    assert link.partition("/user/")[2] in served
