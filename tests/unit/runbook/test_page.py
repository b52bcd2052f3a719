"""Pages on a terminal."""

from platformctl.model.runbook import Runbook
from platformctl_cli.page import laid_out

PAGE = """# ServiceDown

## Meaning

It is **gone**, see `up` and
[the other page](RedisDown.md).

1. First do this, which is a long step that must be wrapped at its own indent.
2. Then that.

```sh
curl -s 'http://127.0.0.1/a/very/long/address/that/must/stay/one/line' | jq '.`x`'
```
"""


def lines(*, width: int = 40, colour: bool = False) -> list[str]:
    return "\n".join(laid_out(PAGE, width=width, colour=colour)).split("\n")


def test_texts_are_wrapped_and_lose_their_marks() -> None:
    shown = lines()
    assert "It is gone, see up and the other page." in " ".join(shown)
    assert [line for line in shown if "**" in line or "](" in line or line.startswith("#")] == []


def test_a_step_is_wrapped_at_its_own_indent() -> None:
    shown = lines()
    at = shown.index("1. First do this, which is a long step")
    assert shown[at + 1].startswith("   that must")
    assert "2. Then that." in shown


def test_a_command_is_never_broken_nor_changed() -> None:
    (command,) = (line for line in PAGE.splitlines() if line.startswith("curl"))
    assert f"    {command}" in lines(width=20)


def test_nothing_is_coloured_where_that_is_not_wanted() -> None:
    assert "\x1b" not in "".join(lines())
    assert "\x1b[1mgone\x1b[0m" in "".join(lines(colour=True))


def test_every_word_of_a_page_is_shown() -> None:
    shown = " ".join(lines())
    assert all(word in shown for word in ("Meaning", "ServiceDown", "First", "indent.", "curl", "jq"))


def test_the_summary_is_the_first_sentence_of_the_first_section() -> None:
    page = Runbook(
        name="A", path="runbooks/A.md", text="# A\n\n## Meaning\n\nOne at\nv1.2 fails. Two.\n\n## Impact\n"
    )
    assert page.summary == "One at v1.2 fails."


def test_a_page_without_sections_has_no_summary() -> None:
    assert Runbook(name="A", path="runbooks/A.md", text="nothing").summary == ""
