"""Which stages a line needs at all, told by its words: an agent's regular expressions cost a hundred times as much.

The words are looked for once, in the line in lower case. A line without any word of a group is marked with a
label, and the stages of the group pass marked lines by. Go has no fast search for one of several words, least of
all for any case: such a pattern took 70 µs a line, where fifteen plain searches take one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from platformctl.model.logs import LogPipeline, Redaction
from platformctl.render.log_stage import Stage, quoted

_LINE: Final = "line_as_it_is"
_LOW: Final = "line_in_lower_case"
_CLEAN: Final = "has_no_word"
"""The mark of lines without a word of any redaction: most."""


def lowered(steps: tuple[Stage, ...]) -> Iterator[Stage]:
    """`steps`, to which the line is shown in lower case."""
    if not steps:
        return
    yield Stage("template", {"source": _LINE, "template": "{{ .Entry }}"})
    yield Stage("template", {"source": _LOW, "template": "{{ ToLower .Entry }}"})
    yield Stage("output", {"source": _LOW})
    yield from steps
    yield Stage("output", {"source": _LINE})


def drop_without(words: tuple[str, ...], reason: str) -> tuple[Stage, ...]:
    """Drops lines (in lower case) without any of the words; without words, none."""
    if not words:
        return ()
    selector = f'{{environment!=""}}{_none_of(words)}'
    return (Stage("match", {"selector": selector, "action": "drop", "drop_counter_reason": reason}),)


@dataclass(frozen=True, slots=True)
class Guards:
    """The groups of words of one pipeline."""

    environment: str
    drops: tuple[tuple[str, ...], ...]
    redacted: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, pipeline: LogPipeline) -> Guards:
        """Those of its drops and its redactions, each once."""
        drops = dict.fromkeys(drop.only_with for drop in pipeline.drops if drop.only_with)
        redactions = dict.fromkeys(rule.only_with for rule in pipeline.redactions if rule.only_with)
        return cls(
            pipeline.environment, tuple(drops), tuple(words for words in redactions if words not in drops)
        )

    @property
    def every_line(self) -> str:
        """The selector of all lines."""
        return f'{{environment="{self.environment}"}}'

    @property
    def labels(self) -> tuple[str, ...]:
        """The marks."""
        return (_CLEAN, *(_mark(n) for n in range(len(self.drops) + len(self.redacted))))

    def marks(self) -> tuple[Stage, ...]:
        """Marks the line, which is in lower case."""
        first = tuple(self._marked(_mark(n), words) for n, words in enumerate(self.drops))
        if not self.redacted:
            return first
        every_word = tuple(dict.fromkeys(word for words in self.redacted for word in words))
        rest = tuple(
            self._marked(_mark(n), words) for n, words in enumerate(self.redacted, start=len(self.drops))
        )
        return (*first, self._marked(_CLEAN, every_word), self._without(_CLEAN, rest))

    def only(self, words: tuple[str, ...], steps: tuple[Stage, ...]) -> Iterator[Stage]:
        """`steps` on lines with any of the words; without words, on every line."""
        if words:
            yield self._without(_mark((*self.drops, *self.redacted).index(words)), steps)
        else:
            yield from steps

    def redactions(self, pipeline: LogPipeline) -> Iterator[Stage]:
        """All redactions in their order; a clean line passes those with words by, as one."""
        for guarded, rules in groupby(pipeline.redactions, key=lambda rule: bool(rule.only_with)):
            steps = tuple(
                stage
                for words, group in groupby(rules, key=lambda rule: rule.only_with)
                for stage in self.only(words, tuple(map(self._replace, group)))
            )
            if guarded:
                yield self._without(_CLEAN, steps)
            else:
                yield from steps

    def _replace(self, rule: Redaction) -> Stage:
        step = Stage("replace", {"expression": rule.pattern, "replace": rule.replacement})
        if not rule.within:
            return step
        return Stage("match", {"selector": f"{self.every_line} |~ {quoted(rule.within)}"}, stages=(step,))

    def _marked(self, mark: str, words: tuple[str, ...]) -> Stage:
        selector = f"{self.every_line}{_none_of(words)}"
        return Stage("match", {"selector": selector}, stages=(Stage("static_labels", {mark: "yes"}),))

    def _without(self, mark: str, steps: tuple[Stage, ...]) -> Stage:
        selector = f'{{environment="{self.environment}", {mark}!="yes"}}'
        return Stage("match", {"selector": selector}, stages=steps)


def _mark(number: int) -> str:
    return f"has_no_word_{number}"


def _none_of(words: tuple[str, ...]) -> str:
    """Filters that keep lines without any of the words; a word within which another lies says nothing new."""
    needed = [word for word in words if not any(other in word for other in words if other != word)]
    return "".join(f" != {quoted(word)}" for word in needed)
