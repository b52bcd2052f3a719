"""Regular expressions as the agents and Loki read them: RE2, which is not all that Python takes."""

from __future__ import annotations

import re
from typing import Final

from platformctl.errors import DefinitionError

NOT_RE2: Final = re.compile(r"\(\?(?:=|!|<=|<!|>|P=)|(?<!\\)(?:\\\\)*\\[1-9]|[*+?}]\+")
"""Look-around, back-references, possessive quantifiers."""


def re2(pattern: str, what: str) -> re.Pattern[str]:
    """The pattern, compiled; raises `DefinitionError` where an agent could not."""
    if found := NOT_RE2.search(pattern):
        raise DefinitionError(f"{what} uses {found[0]!r}, which the agents' RE2 does not know")
    try:
        return re.compile(pattern)
    except re.error as error:
        raise DefinitionError(f"{what} is not a regular expression: {error}") from error


def check_words(words: tuple[str, ...], what: str) -> None:
    """Raise `DefinitionError` for a word that could not be looked for in a line in lower case."""
    for word in words:
        if not word or word != word.lower() or '"' in word or "`" in word:
            raise DefinitionError(
                f"{what} looks for {word!r}", fix="write a word in lower case, without quotes"
            )
