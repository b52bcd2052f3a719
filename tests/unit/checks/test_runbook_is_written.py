from dataclasses import replace

from support import sample

from platformctl.checks.runbook_is_written import TO_WRITE, runbook_is_written


def test_questions_that_are_left_in_a_page_are_told() -> None:
    first, *others = sample.PLATFORM.runbooks
    laid = replace(
        first, text=f"## Meaning\n\n{TO_WRITE}what is wrong? -->\n\n## Impact\n\n{TO_WRITE}who? -->\n"
    )
    (problem,) = runbook_is_written(replace(sample.PLATFORM, runbooks=(laid, *others)))
    assert problem.where == "runbooks/ShopDown.md"
    assert "2 questions" in problem.what
