"""What the application's outermost layout puts around every page, so that components are tested inside it, too."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from platformctl.scaffold.nextjs.exports import Exported, exported
from platformctl.scaffold.nextjs.jsx import attribute
from platformctl.scaffold.nextjs.samples import Sampler, Unknown
from platformctl.scaffold.nextjs.source import Import, Sources, find_all, text_of

_LAYOUTS: Final = ("app/layout.tsx", "app/[locale]/layout.tsx", "app/[lang]/layout.tsx", "pages/_app.tsx")
_NAME: Final = re.compile(r"\w*Providers?|SWRConfig")
_MOST: Final = 8
# Of libraries: the attributes that their provider takes in a test, and the state that these name.
_LIBRARIES: Final[Mapping[str, tuple[str, str | None]]] = {
    "QueryClientProvider": (
        "client={queries}",
        "const [queries] = useState(() => new QueryClient({ defaultOptions: { queries: { retry: false } } }));",
    ),
    "SWRConfig": (
        "value={{ provider: () => answers, dedupingInterval: 0, shouldRetryOnError: false }}",
        "const [answers] = useState(() => new Map());",
    ),
    "NextIntlClientProvider": ('locale="en" timeZone="UTC" messages={{}} onError={() => {}}', None),
    "MantineProvider": ("", None),
    "SessionProvider": (
        'session={{ user: { id: "sample", name: "A person" }, expires: "2100-01-01T00:00:00.000Z" } as never}',
        None,
    ),
    "ThemeProvider": ("", None),
}
_BESIDE: Final = {"QueryClientProvider": "QueryClient"}


@dataclass(frozen=True, kw_only=True)
class Wrapper:
    """A provider as the adapter writes it; `file` is the application's, `module` a library's."""

    name: str
    default: bool = False
    file: str | None = None
    module: str | None = None
    beside: str | None = None
    attributes: str = ""
    state: str | None = None

    @property
    def imported(self) -> str:
        """What stands between `import` and `from`."""
        if self.default:
            return self.name
        return f"{{ {', '.join(filter(None, (self.beside, self.name)))} }}"

    @property
    def opening(self) -> str:
        """Its opening tag."""
        return f"<{f'{self.name} {self.attributes}'.strip()}>"


def find_wrappers(sources: Sources, src: str, *, without: str | None) -> tuple[Wrapper, ...]:
    """The providers of the outermost layouts, the outer first; `without` is the tenant's, which comes innermost."""
    found: dict[str, Wrapper] = {}
    for layout in (f"{src}{name}" for name in _LAYOUTS):
        imports = {one.name: one for one in sources.imports(layout)}
        for tag in _tags(sources, layout):
            if tag in imports and tag != without and tag not in found:
                wrapper = _wrapper(sources, layout, imports[tag])
                if wrapper is not None:
                    found[tag] = wrapper
    return tuple(found.values())[:_MOST]


def _tags(sources: Sources, path: str) -> Iterator[str]:
    root = sources.root(path)
    for opening in find_all(root, "jsx_opening_element") if root else ():
        name = opening.child_by_field_name("name")
        if name is not None and _NAME.fullmatch(text_of(name)):
            yield text_of(name)


def _wrapper(sources: Sources, layout: str, one: Import) -> Wrapper | None:
    file = sources.resolve(layout, one.module)
    if file is None:
        known = _LIBRARIES.get(one.original)
        if known is None or one.module.startswith((".", "/")):
            return None
        attributes, state = known
        beside = _BESIDE.get(one.original)
        return Wrapper(name=one.name, module=one.module, attributes=attributes, state=state, beside=beside)
    component = _component(sources, file, one.original)
    if component is None or component.is_async or re.match(r"""\s*["']use server""", sources.text(file)):
        return None
    try:
        attributes = _attributes(sources, component)
    except Unknown:
        return None
    return Wrapper(name=one.name, default=one.original == "default", file=file, attributes=attributes)


def _component(sources: Sources, file: str, name: str) -> Exported | None:
    """The component behind an import, barrels followed."""
    pending, seen = [(file, name)], set[tuple[str, str]]()
    while pending and len(seen) < _MOST:
        place = pending.pop(0)
        if place in seen:
            continue
        seen.add(place)
        for one in exported(sources, place[0]):
            if one.name == place[1] or (one.default and place[1] == "default"):
                return one
        pending += sources.reexports(*place)
    return None


def _attributes(sources: Sources, component: Exported) -> str:
    if not component.parameters:
        raise Unknown("it takes no children")
    if component.props_type is None:
        return ""
    sampler = Sampler(sources)
    fields = sampler.fields(component.props_type, component.path, 1)
    samples = {
        name: sampler.of(kind, path, name) for name, (kind, path) in fields.items() if name != "children"
    }
    return " ".join(attribute(name, value) for name, value in samples.items())
