"""The editor changes what it is told to and no other byte."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from platformctl.errors import PlatformError
from platformctl.scaffold.lay import jsonedit
from platformctl.scaffold.lay.jsonc import JsonValue, parse

KEYS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=6)
SCALARS = st.none() | st.booleans() | st.integers(-999, 999) | KEYS
VALUES = st.recursive(
    SCALARS, lambda v: st.lists(v, max_size=3) | st.dictionaries(KEYS, v, max_size=3), max_leaves=8
)
OBJECTS = st.dictionaries(KEYS, VALUES, max_size=6)
INDENTS = st.sampled_from([None, 1, 2, 4, "\t"])

TSCONFIG = """{
  // the compiler
  "compilerOptions": {
    "strict": true, /* always */
    "paths": { "@/*": ["./src/*"] },
  },
  "include": ["**/*.ts", "**/*.tsx"],
  "exclude": ["node_modules"] // nothing more
}
"""


def written(document: JsonValue, indent: int | str | None, *, crlf: bool) -> str:
    text = json.dumps(document, indent=indent, ensure_ascii=False) + "\n"
    return text.replace("\n", "\r\n") if crlf else text


# How long an example takes says nothing on a busy machine.
UNTIMED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@UNTIMED
@given(OBJECTS, INDENTS, st.booleans())
def test_reading_agrees_with_the_standard_library(
    document: dict[str, JsonValue], indent: int, crlf: bool
) -> None:
    assert parse(written(document, indent, crlf=crlf)).value == document


@UNTIMED
@given(OBJECTS, INDENTS, st.booleans(), KEYS, VALUES)
def test_a_new_entry_is_there_and_leaves_the_others(
    document: dict[str, JsonValue], indent: int, crlf: bool, key: str, value: JsonValue
) -> None:
    after = jsonedit.put(written(document, indent, crlf=crlf), (key,), value)
    assert json.loads(after) == {**document, key: value}


@UNTIMED
@given(OBJECTS, INDENTS, st.booleans(), KEYS, VALUES)
def test_adding_and_dropping_gives_back_every_byte(
    document: dict[str, JsonValue], indent: int, crlf: bool, key: str, value: JsonValue
) -> None:
    text = written({k: v for k, v in document.items() if k != key}, indent, crlf=crlf)
    assert jsonedit.drop(jsonedit.put(text, (key,), value), (key,)) == text


@UNTIMED
@given(OBJECTS, INDENTS, st.booleans(), st.lists(KEYS, max_size=4, unique=True), KEYS)
def test_an_item_comes_and_goes_without_a_trace(
    document: dict[str, JsonValue], indent: int, crlf: bool, items: list[str], item: str
) -> None:
    held: list[JsonValue] = [other for other in items if other != item]
    text = written({**document, "exclude": held}, indent, crlf=crlf)
    after = jsonedit.append(text, ("exclude",), item)
    assert json.loads(after) == {**document, "exclude": [*held, item]}
    assert jsonedit.drop_item(after, ("exclude",), item) == text


@UNTIMED
@given(OBJECTS, INDENTS, st.data())
def test_dropping_any_entry_leaves_the_others(
    document: dict[str, JsonValue], indent: int, data: st.DataObject
) -> None:
    if not document:
        return
    key = data.draw(st.sampled_from(sorted(document)))
    after = jsonedit.drop(written(document, indent, crlf=False), (key,))
    assert json.loads(after) == {k: v for k, v in document.items() if k != key}


def test_comments_and_trailing_commas_stay() -> None:
    after = jsonedit.append(TSCONFIG, ("exclude",), "tests")
    assert after == TSCONFIG.replace('["node_modules"]', '["node_modules", "tests"]')
    nested = jsonedit.put(TSCONFIG, ("compilerOptions", "jsx"), "preserve")
    assert '"paths": { "@/*": ["./src/*"] },\n    "jsx": "preserve",\n  },' in nested
    assert jsonedit.drop(nested, ("compilerOptions", "jsx")) == TSCONFIG


def test_a_sorted_block_stays_sorted() -> None:
    text = '{\n    "devDependencies": {\n        "eslint": "9",\n        "typescript": "5"\n    }\n}'
    after = jsonedit.put(text, ("devDependencies", "jest"), "30")
    assert list(json.loads(after)["devDependencies"]) == ["eslint", "jest", "typescript"]
    assert '\n        "jest": "30",\n' in after


def test_missing_parents_are_made() -> None:
    assert json.loads(jsonedit.put('{"name": "x"}', ("a", "b"), 1)) == {"name": "x", "a": {"b": 1}}


@pytest.mark.parametrize(
    "text", ["", "{", '{"a" 1}', '{"a": 01x}', "[1 2]", "{} {}", '{"a": "\\x"}', "[" * 5000]
)
def test_what_is_no_json_is_refused_with_its_line(text: str) -> None:
    with pytest.raises(PlatformError) as caught:
        parse(text, where="package.json")
    assert str(caught.value.where).startswith("package.json:")
