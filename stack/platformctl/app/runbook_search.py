"""Rank runbook pages against what somebody typed or pasted: pure."""

from __future__ import annotations

import difflib
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from platformctl.model.runbook import Runbook

Texts: TypeAlias = Mapping[str, tuple[str, str]]
"""Summary and description of an alert, by its name."""

_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_WORD: Final = re.compile(r"[a-z][a-z0-9]+")
_PLACEHOLDER: Final = re.compile(r"\{\{.*?\}\}")
_ENDING: Final = re.compile(r"(?<=.{4})(?:ing|ed|es|s)$")
_EMPTY_WORDS: Final = re.compile(
    r"an?|and|any|are|as|at|be|been|by|can|cannot|do|does|for|from|has|have|how|in|is|it|its|my|no|not|of|off|on|or|our"
    r"|so|some|that|the|their|there|they|this|to|too|was|we|what|when|where|which|who|why|will|with|you"
)
_WEIGHTS: Final = (4.0, 3.0, 1.0)
"""Of a word in the name, in the alert's text, and elsewhere in the page."""
_ALIKE: Final = 0.8
"""Names as alike as this are the same name misspelt (`difflib`: twice the common letters of both lengths)."""
_NEAR_THE_BEST: Final = 0.75
_LEAST_LITERAL: Final = 8
_MOST_HITS: Final = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """A page that fits, and why."""

    page: Runbook
    why: str


def by_name(pages: Sequence[Runbook], wanted: str) -> tuple[Hit, ...]:
    """Pages by the whole name, one named in the text, a part of it, or a misspelling; the first kind that hits."""
    return next(
        (hits for look in (_same, _mentioned, _partial, _misspelt) if (hits := look(pages, wanted))), ()
    )


def by_text(pages: Sequence[Runbook], wanted: str, texts: Texts) -> tuple[Hit, ...]:
    """Pages by an alert's text with its live values filled in, or else by symptom words, the best first."""
    return _says(pages, wanted, texts) or _by_words(pages, wanted, texts)


def squashed(name: str) -> str:
    """The name without case, blanks and signs: ``high-error rate`` is HighErrorRate."""
    return "".join(c for c in name.casefold() if c.isalnum())


def _same(pages: Sequence[Runbook], wanted: str) -> tuple[Hit, ...]:
    return _those(pages, "name", lambda page: squashed(page.name) == squashed(wanted))


def _mentioned(pages: Sequence[Runbook], wanted: str) -> tuple[Hit, ...]:
    """As in the title of a page that woke somebody: ``[critical] ServiceDown on api``."""
    words = frozenset(re.findall(r"\w+", wanted))
    return _those(pages, "named in it", lambda page: page.name in words)


def _partial(pages: Sequence[Runbook], wanted: str) -> tuple[Hit, ...]:
    part, words = squashed(wanted), [w for w in map(squashed, wanted.split()) if w]
    if not part:
        return ()

    def fits(page: Runbook) -> bool:
        humps = _words(page.name)
        return part in squashed(page.name) or all(any(h.startswith(w) for h in humps) for w in words)

    return _those(pages, "part of the name", fits)


def _misspelt(pages: Sequence[Runbook], wanted: str) -> tuple[Hit, ...]:
    alike = {p.name: difflib.SequenceMatcher(None, squashed(p.name), squashed(wanted)).ratio() for p in pages}
    best = max(alike.values())
    if best < _ALIKE:
        return ()
    return _those(pages, "misspelt name", lambda page: alike[page.name] == best)


def _says(pages: Sequence[Runbook], wanted: str, texts: Texts) -> tuple[Hit, ...]:
    line = _plain(wanted)

    def fits(page: Runbook) -> bool:
        return any(_template(text).search(line) for text in texts.get(page.name, ()) if _is_telling(text))

    return _those(pages, "text of the alert", fits)


def _is_telling(template: str) -> bool:
    """Whether enough of it is left without its placeholders to know it again."""
    return len(_PLACEHOLDER.sub("", template).strip()) >= _LEAST_LITERAL


def _template(text: str) -> re.Pattern[str]:
    """The text with anything in place of its placeholders."""
    return re.compile(".+?".join(re.escape(_plain(part)) for part in _PLACEHOLDER.split(text)))


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.casefold())


def _those(pages: Sequence[Runbook], why: str, fits: Callable[[Runbook], bool]) -> tuple[Hit, ...]:
    return tuple(Hit(page=page, why=why) for page in pages if fits(page))


def _by_words(pages: Sequence[Runbook], wanted: str, texts: Texts) -> tuple[Hit, ...]:
    """Pages that hold at least half of the words, ranked: rare words count more, and so do words of the name."""
    fields = {page.name: _fields(page, texts) for page in pages}
    known = frozenset(word for of_page in fields.values() for words in of_page for word in words)
    asked = tuple(dict.fromkeys(word for word in _words(wanted) if not _EMPTY_WORDS.fullmatch(word)))
    stems = tuple(_stem(word, known) for word in asked)
    weights = {name: [_weight(stem, of_page) for stem in stems] for name, of_page in fields.items()}
    pages_with = Counter(at for found in weights.values() for at, weight in enumerate(found) if weight)
    scores = {
        name: sum(w * math.log(1 + len(pages) / pages_with[at]) for at, w in enumerate(found) if w)
        for name, found in weights.items()
        if stems and 2 * sum(w > 0 for w in found) >= len(stems)
    }
    best = max(scores.values(), default=0.0)
    ranked = sorted(pages, key=lambda page: -scores.get(page.name, 0.0))
    near = (page for page in ranked if best and scores.get(page.name, 0.0) >= _NEAR_THE_BEST * best)
    return tuple(Hit(page=p, why=_matched(asked, weights[p.name])) for p in near)[:_MOST_HITS]


def _matched(asked: Iterable[str], weights: Iterable[float]) -> str:
    return f"words: {', '.join(word for word, weight in zip(asked, weights, strict=True) if weight)}"


def _fields(page: Runbook, texts: Texts) -> tuple[frozenset[str], ...]:
    """The words of the name, of the alert's text, and of the page, as `_WEIGHTS` weighs them."""
    alert = _PLACEHOLDER.sub(" ", " ".join(texts.get(page.name, ())))
    return tuple(frozenset(_words(text)) for text in (page.name, alert, page.text))


def _weight(stem: str, fields: Iterable[frozenset[str]]) -> float:
    holding = (
        w for w, words in zip(_WEIGHTS, fields, strict=True) if any(word.startswith(stem) for word in words)
    )
    return next(holding, 0.0)


def _stem(word: str, known: frozenset[str]) -> str:
    """The word without its ending; where nothing begins so, the known word that it seems to be."""
    stem = _ENDING.sub("", word)
    if any(other.startswith(stem) for other in known):
        return stem
    return next(iter(difflib.get_close_matches(word, sorted(known), n=1, cutoff=_ALIKE)), stem)


def _words(text: str) -> tuple[str, ...]:
    return tuple(_lower_words(text))


def _lower_words(text: str) -> Iterator[str]:
    """Words of two letters and more, without case; a name in humps is several."""
    yield from _WORD.findall(_HUMP.sub(" ", text).casefold())
