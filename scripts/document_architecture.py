"""Write what the definitions say into docs/architecture.md, between its markers.

    python scripts/document_architecture.py [--check]

With --check it changes nothing, and exits 1 where the page says something else.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from platformctl.model.access import RIGHTS, Door, Role
from platformctl.model.component import PLACEHOLDER, Component, Network, texts
from platformctl.model.deployment import Size
from platformctl.model.platform import Platform
from platformctl.model.sizes import SCALES
from platformctl.sources.definitions import load_platform

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = ROOT / "docs" / "architecture.md"
_SECTION: Final = re.compile(r"(<!-- from the definitions: (\w+) -->\n).*?(\n<!-- end -->)", re.DOTALL)


def main(arguments: list[str]) -> int:
    """Write the page, or compare it."""
    now = PAGE.read_text()
    wanted = page(now, load_platform(ROOT))
    if "--check" not in arguments:
        PAGE.write_text(wanted)
    elif now != wanted:
        print(f"{PAGE} is out of date: python scripts/document_architecture.py", file=sys.stderr)
        return 1
    return 0


def page(text: str, platform: Platform) -> str:
    """The page with every section as the definitions have it."""
    sections = {"diagram": diagram, "components": components, "sizes": sizes, "roles": roles}
    return _SECTION.sub(lambda found: found[1] + "\n".join(sections[found[2]](platform)) + found[3], text)


def diagram(platform: Platform) -> Iterator[str]:
    """Who calls whom: scrapes dotted, all other calls drawn."""
    yield from ("```mermaid", "flowchart LR")
    for network in Network:
        yield f"  subgraph {network}"
        yield from (f"    {_id(c)}[{c.title}]" for c in platform.components if c.networks[0] is network)
        yield "  end"
    names = {c.name: c for c in platform.components}
    for component in platform.components:
        called = {
            m[2].split(":")[1]
            for text in texts(component)
            for m in PLACEHOLDER.finditer(text)
            if m[1] == "address"
        }
        for name in sorted((called | set(component.needs)) & names.keys()):
            yield f"  {_id(component)} --> {_id(names[name])}"
    scraped = " & ".join(_id(c) for c in platform.components if c.scrape and c.name != "prometheus")
    yield f"  c_prometheus -.-> {scraped}"
    yield "```"


def _id(component: Component) -> str:
    return f"c_{component.name}".replace("-", "_")


def components(platform: Platform) -> Iterator[str]:
    """One line for each component."""
    yield "| component | from profile | image | networks | memory, CPUs (small) | natively |"
    yield "|---|---|---|---|---|---|"
    for c in platform.components:
        box = c.container
        image = f"`{box.image}`" if box else "none"
        limits = f"{box.memory_mb} MB, {box.cpus:g}" if box else ""
        networks = ", ".join(c.networks) if box else ""
        native = f"`{c.native.binaries[0]}`" if c.native else "no"
        yield f"| {c.title} | {c.profile} | {image} | {networks} | {limits} | {native} |"


def sizes(_: Platform) -> Iterator[str]:
    """One line for each size."""
    yield "| size | tenants | series | history | Prometheus' disk, at most | samples of one target | CPUs |"
    yield "|---|---|---|---|---|---|---|"
    for size in Size:
        of = SCALES[size]
        yield (
            f"| {size} | {of.tenants:,} | {of.series:,} | {of.history} | {of.disk_mb / 1000:,.0f} GB"
            f" | {of.samples_of_a_target:,} | x {of.cpus} |"
        )


def roles(_: Platform) -> Iterator[str]:
    """Which door is open to which role."""
    yield f"| door | {' | '.join(Role)} |"
    yield f"|---|{'---|' * len(Role)}"
    for door in Door:
        yield f"| {door} | {' | '.join('yes' if door in RIGHTS[role] else '' for role in Role)} |"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
