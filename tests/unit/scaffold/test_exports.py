"""Exports as real applications write them: wrapped, renamed, destructured, passed on by barrels, from neighbours."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from unit.scaffold.apps import write

from platformctl.scaffold.lay.manifest import Manifest
from platformctl.scaffold.lay.project import OwnersView
from platformctl.scaffold.nextjs import routes
from platformctl.scaffold.nextjs.components import Found, find, source_files
from platformctl.scaffold.nextjs.exports import exported, exported_names
from platformctl.scaffold.nextjs.source import Alias, Sources

PROPS = "interface Props { name: string }\n"


def sources(root: Path, files: dict[str, str], *aliases: Alias, **neighbours: str) -> Sources:
    view = OwnersView(root=write(root, files), manifest=Manifest(name="test"))
    return Sources(view=view, aliases=aliases, neighbours={f"@repo/{n}": p for n, p in neighbours.items()})


def found(read: Sources, under: str = "") -> Found:
    return find(read, source_files(read, [under]))


@pytest.mark.parametrize(
    ("text", "name", "default"),
    [
        (
            "function Thing({ name }: Props) { return <p>{name}</p>; }\nexport default withAuth(Thing);",
            None,
            True,
        ),
        (
            "const Thing = ({ name }: Props) => <p>{name}</p>;\nexport default connect(a, b)(Thing);",
            None,
            True,
        ),
        (
            "const Inner = ({ name }: Props) => <p>{name}</p>;\nexport const Thing = observer(Inner);",
            "Thing",
            False,
        ),
        ("export default memo(({ name }: Props) => <p>{name}</p>);", "FileName", True),
        ("export default function ({ name }: Props) { return <p>{name}</p>; }", "FileName", True),
        (
            "function Inner({ name }: Props) { return <p>{name}</p>; }\nexport { Inner as Thing };",
            "Thing",
            False,
        ),
        (
            "export class Thing extends React.Component<Props> { render() { return <p>{this.props.name}</p>; } }",
            "Thing",
            False,
        ),
        (
            "export default class Thing extends PureComponent<Props> { render() { return <p>x</p>; } }",
            "Thing",
            True,
        ),
    ],
)
def test_a_component_is_found_behind_what_wraps_it(
    tmp_path: Path, text: str, name: str | None, default: bool
) -> None:
    (component,) = found(sources(tmp_path, {"file-name.tsx": PROPS + text})).components
    assert (component.name, component.default) == (name or "Thing", default)
    assert component.props == {"name": '"sample name"'}


def test_what_is_exported_bare_and_wrapped_is_tested_bare(tmp_path: Path) -> None:
    text = "export function Thing({ name }: Props) { return <p>{name}</p>; }\nexport default withAuth(Thing);"
    (component,) = found(sources(tmp_path, {"thing.tsx": PROPS + text})).components
    assert not component.default


def test_a_class_that_is_no_component_is_none(tmp_path: Path) -> None:
    text = "export class Store extends Base<Props> { render() { return <p>x</p>; } }"
    assert not list(exported(sources(tmp_path, {"a.tsx": text}), "a.tsx"))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("export const { GET, POST } = handlers;", {"GET", "POST"}),
        ("export const { GET: read, POST } = handlers;", {"read", "POST"}),
        ("const handler = (r) => r;\nexport { handler as GET, handler as POST };", {"GET", "POST"}),
        ("export const GET = withAuth(async () => Response.json({}));", {"GET"}),
        ('export { auth as middleware } from "@/auth";', {"middleware"}),
        ("export default createMiddleware(routing);", {"default"}),
        ("export async function GET() {}\nexport const runtime = 'edge';", {"GET", "runtime"}),
    ],
)
def test_the_names_of_a_file_are_what_others_can_import(tmp_path: Path, text: str, names: set[str]) -> None:
    assert exported_names(sources(tmp_path, {"a.ts": text}), "a.ts") == names


def test_handlers_that_a_library_made_are_routes_and_middleware(tmp_path: Path) -> None:
    read = sources(
        tmp_path,
        {
            "app/api/auth/[...nextauth]/route.ts": 'export { GET, POST } from "@/auth";',
            "app/api/trpc/[trpc]/route.ts": "const h = (r) => r;\nexport { h as GET, h as POST };",
            "middleware.ts": "export default createMiddleware(routing);\nexport const config = {};",
        },
    )
    assert [(route.path, route.methods) for route in routes.api_routes(read, "")] == [
        ("/api/auth/[...nextauth]", ("GET", "POST")),
        ("/api/trpc/[trpc]", ("GET", "POST")),
    ]
    proxy = routes.proxy(read, "")
    assert proxy is not None
    assert proxy.default


def test_types_are_followed_through_barrels_and_renames(tmp_path: Path) -> None:
    files = {
        "types/index.ts": 'export * from "./item";\nexport { Money as Price } from "./money";',
        "types/item.ts": "export interface Item { id: string }\nexport enum Status { Open = 'open', Shut = 'shut' }",
        "types/money.ts": "export type Money = { cents: number };",
        "Thing.tsx": (
            'import type { Item as Entry, Price, Status } from "./types";\n'
            "export function Thing(props: { item: Entry; price: Price; status: Status; file: File }) "
            "{ return <p>{String(props)}</p>; }"
        ),
    }
    (component,) = found(sources(tmp_path, files)).components
    assert component.props == {
        "item": '{ id: "sample id" }',
        "price": "{ cents: 3 }",
        "status": "'open' as never",
        "file": 'new File(["sample"], "sample.txt")',
    }


@pytest.mark.parametrize(
    ("manifest", "files"),
    [
        ({"main": "./src/index.ts"}, {"src/index.ts": 'export * from "./item";', "src/item.ts": ""}),
        ({"exports": {".": {"types": "./dist/index.d.ts"}}}, {"src/index.ts": 'export * from "./item";'}),
        ({"exports": {"./item": "./src/item.ts"}}, {}),
        ({"exports": {"./*": "./src/*.ts"}}, {}),
    ],
)
def test_types_of_a_neighbour_in_the_workspace_are_read_from_its_sources(
    tmp_path: Path, manifest: dict[str, object], files: dict[str, str]
) -> None:
    exports = manifest.get("exports")
    subpath = "/item" if isinstance(exports, dict) and "." not in exports else ""
    packages = {"package.json": json.dumps({"name": "@repo/types", **manifest}), **files}
    packages["src/item.ts"] = "export interface Item { id: string }"
    write(tmp_path / "packages" / "types", packages)
    text = (
        f'import type {{ Item }} from "@repo/types{subpath}";\n'
        "export const Thing = ({ item }: { item: Item }) => <p>{item.id}</p>;"
    )
    read = sources(tmp_path / "apps" / "web", {"Thing.tsx": text}, types="../../packages/types")
    (component,) = found(read).components
    assert component.props == {"item": '{ id: "sample id" }'}


def test_what_a_component_adds_to_a_librarys_props_is_enough_to_render_it(tmp_path: Path) -> None:
    text = (
        'import type { ButtonProps } from "library";\nimport type { LinkProps } from "next/link";\n'
        "export const Loud = (props: ButtonProps & { label: string }) => <p>{props.label}</p>;\n"
        "export const Away = (props: LinkProps & { label: string }) => <p>{props.label}</p>;\n"
    )
    result = found(sources(tmp_path, {"Thing.tsx": text}))
    assert [(c.name, dict(c.props)) for c in result.components] == [("Loud", {"label": '"sample label"'})]
    assert [todo.what for todo in result.todos] == ["component Away"]  # a link needs an address


def test_a_callback_may_be_declared_as_a_method(tmp_path: Path) -> None:
    text = (
        "interface Props { onPick(id: string): void; onDrop?(id: string): void }\n"
        "export const Thing = ({ onPick }: Props) => <button onClick={() => onPick('x')}>Pick</button>;\n"
        "export function useThing(): { save(text: string): Promise<void> } { return { save: async () => {} }; }"
    )
    result = found(sources(tmp_path, {"Thing.tsx": text}))
    assert result.components[0].props == {"onPick": "jest.fn()"}
    assert result.components[0].callbacks == (("Pick", "onPick"),)
    assert [call.name for call in result.hooks[0].calls] == ["save"]


def test_a_hook_that_a_library_made_is_used_without_arguments(tmp_path: Path) -> None:
    text = "export const useStore = create((set, get) => ({ count: 0, more: (by: number) => set(by) }));"
    (hook,) = found(sources(tmp_path, {"store.ts": text})).hooks
    assert (hook.arguments, hook.calls) == ((), ())


def test_barrels_that_lead_to_each_other_come_to_an_end(tmp_path: Path) -> None:
    files = {
        "a/index.ts": 'export * from "../b";\nexport * from "./types";\n',
        "a/types.ts": "export interface Row { id: string }\n",
        "b/index.ts": 'export * from "../a";\nimport { Kind } from "./kind";\nexport { Kind };\n',
        "b/kind.ts": 'export type Kind = "one" | "two";\n',
    }
    read = sources(tmp_path, files)
    row, kind = read.declaration("b/index.ts", "Row"), read.declaration("a/index.ts", "Kind")
    assert row is not None
    assert kind is not None
    assert (row[0], kind[0]) == ("a/types.ts", "b/kind.ts")
    assert read.declaration("a/index.ts", "Nowhere") is None
