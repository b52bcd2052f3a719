"""The shipped redactions on a table of nasty lines. tests/e2e/logs runs the same table through Promtail."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platformctl.model.logs import LogPipeline, Redaction
from platformctl.sources import modules

REPOSITORY = Path(__file__).resolve().parents[3]
CASES = json.loads((REPOSITORY / "tests" / "e2e" / "logs" / "nasty_lines.json").read_text())


@pytest.fixture(scope="module")
def pipelines() -> tuple[LogPipeline, ...]:
    definitions = modules.load(REPOSITORY, REPOSITORY / "compose" / "logs.py")
    return definitions.values("LOG_PIPELINES", LogPipeline)


@pytest.fixture(scope="module")
def redactions(pipelines: tuple[LogPipeline, ...]) -> tuple[Redaction, ...]:
    return pipelines[0].redactions


def test_every_pipeline_redacts_the_same(pipelines: tuple[LogPipeline, ...]) -> None:
    assert len({pipeline.redactions for pipeline in pipelines}) == 1


def _redacted(line: str, redactions: tuple[Redaction, ...]) -> str:
    for redaction in redactions:
        if redaction.only_with and not any(word in line.lower() for word in redaction.only_with):
            continue
        pieces, end = [], 0
        for found in re.finditer(redaction.pattern, line):
            pieces += [line[end : found.start(1)], redaction.replacement]
            end = found.end(1)
        line = "".join((*pieces, line[end:]))
    return line


@pytest.mark.parametrize("escaped", [True, False], ids=["ascii", "unicode"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["line"]["case"])
def test_no_secret_survives_and_nothing_else_is_lost(
    case: dict, redactions: tuple[Redaction, ...], escaped: bool
) -> None:
    text = _redacted(json.dumps(case["line"], ensure_ascii=escaped), redactions)
    seen = text + json.dumps(json.loads(text), ensure_ascii=False)
    assert [secret for secret in case["secrets"] if secret in seen] == []
    assert [kept for kept in case["kept"] if kept not in seen] == []


@given(data=st.data())
def test_whatever_a_pattern_matches_has_one_of_its_words(
    data: st.DataObject, redactions: tuple[Redaction, ...]
) -> None:
    redaction = data.draw(st.sampled_from([r for r in redactions if r.only_with]))
    line = data.draw(st.from_regex(redaction.pattern, alphabet=st.characters(max_codepoint=126)))
    assert any(word in line.lower() for word in redaction.only_with)


@given(secret=st.text(min_size=1))
def test_any_text_in_a_secret_field_is_replaced_whole(secret: str, redactions: tuple[Redaction, ...]) -> None:
    line = json.dumps({"event": "x", "password": secret})
    assert json.loads(_redacted(line, redactions)) == {"event": "x", "password": "[redacted]"}
