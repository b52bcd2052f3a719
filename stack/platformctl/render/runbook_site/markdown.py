"""A runbook page as HTML: no markup of its own gets through, links lead to pages of the site."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

_PAGE: Final = re.compile(r"^([A-Za-z0-9]+)\.md(#.*)?$")
_NOT_IN_ANCHORS: Final = re.compile(r"[^a-z0-9]+")
_KINDS: Final = {"sh": "Shell", "bash": "Shell", "promql": "PromQL", "logql": "LogQL", "sql": "SQL"}


@dataclass(frozen=True, slots=True)
class Rendered:
    """The body of a page without its title, and its sections: (anchor, title)."""

    body: Markup
    sections: tuple[tuple[str, str], ...]


def render_markdown(text: str) -> Rendered:
    """The page; PromQL gets a link that asks Prometheus, on whose server the site lives."""
    markdown = _parser()
    tokens = markdown.parse(text)
    if tokens[:1] and tokens[0].type == "heading_open" and tokens[0].tag == "h1":
        tokens = tokens[3:]
    sections = []
    for at, token in enumerate(tokens):
        if token.type == "heading_open" and token.tag == "h2":
            title = tokens[at + 1].content
            anchor = _NOT_IN_ANCHORS.sub("-", title.lower()).strip("-")
            token.attrSet("id", anchor)
            sections.append((anchor, title))
        for inner in token.children or ():
            _lead_to_page(inner)
    markdown.add_render_rule("fence", _fence)
    body = markdown.renderer.render(tokens, markdown.options, {})
    return Rendered(body=Markup(body), sections=tuple(sections))  # noqa: S704 - HTML is escaped above


def render_line(text: str) -> Markup:
    """A line of a page, with its emphasis and code; without its links, as it stands in a list of links."""
    return Markup(_parser().disable(["link", "autolink", "image"]).renderInline(text))  # noqa: S704 - no HTML passes


def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")


def _lead_to_page(token: Token) -> None:
    href = str(token.attrGet("href") or "")
    if found := _PAGE.match(href):
        token.attrSet("href", f"{found[1]}.html{found[2] or ''}")


def _fence(_self: object, tokens: Sequence[Token], at: int, _options: object, _environment: object) -> str:
    """A block of code that can be reached, scrolled and copied without a mouse."""
    code, kind = tokens[at].content, tokens[at].info.strip()
    title = _KINDS.get(kind, kind or "Text")
    ask = ""
    if kind == "promql":
        link = f"../../graph?g0.expr={quote(code.strip(), safe='')}&amp;g0.tab=0"
        ask = f'<a class="ask" href="{link}">Ask Prometheus</a>'
    return (
        f'<figure class="code"><figcaption>{escape(title)} {ask}</figcaption>'
        f'<pre tabindex="0"><code>{escape(code)}</code></pre></figure>\n'
    )
