"""What is read from TypeScript: props, hooks, server actions, API routes; and what is honestly not."""

from __future__ import annotations

from pathlib import Path

import pytest
from unit.scaffold.apps import write

from platformctl.scaffold.lay.manifest import Manifest
from platformctl.scaffold.lay.project import OwnersView
from platformctl.scaffold.nextjs import routes
from platformctl.scaffold.nextjs.components import Found, find, source_files
from platformctl.scaffold.nextjs.jsx import element, returned
from platformctl.scaffold.nextjs.source import Alias, Sources


def sources(root: Path, files: dict[str, str]) -> Sources:
    view = OwnersView(root=write(root, files), manifest=Manifest(name="test"))
    return Sources(view=view, aliases=(Alias(prefix="@/", target="."),))


def found(root: Path, files: dict[str, str]) -> Found:
    read = sources(root, files)
    return find(read, source_files(read, [""]))


TYPES = """
import type { ButtonHTMLAttributes, ComponentProps, ReactNode } from "react";
export interface Item { id: string; price: number; tags: readonly string[]; note?: string }
export const PLANS = { monthly: 39, yearly: 390 };
export const SIZES = ["small", "large"] as const;
"""


@pytest.mark.parametrize(
    ("declaration", "props"),
    [
        ("{ item: Item }", {"item": '{ id: "sample id", price: 3, tags: ["sample tags"] }'}),
        ('{ item: Pick<Item, "price"> }', {"item": "{ price: 3 }"}),
        ('Omit<Item, "tags" | "price">', {"id": '"sample id"'}),
        ('{ id: Item["id"]; plan: keyof typeof PLANS }', {"id": '"sample id"', "plan": '"monthly"'}),
        ("{ size: (typeof SIZES)[number] }", {"size": '"small"'}),
        ("ButtonHTMLAttributes<HTMLButtonElement> & { label: string }", {"label": '"sample label"'}),
        ('ComponentProps<"button"> & { tone: "loud" | "quiet" }', {"tone": '"loud"'}),
        (
            '{ "aria-label": string; onPick: (id: string) => void }',
            {"aria-label": '"sample aria-label"', "onPick": "jest.fn()"},
        ),
        ("Readonly<{ children: ReactNode }>", {"children": '"content"'}),
        ("{ search: Promise<Item> } & Partial<Item>", None),
    ],
)
def test_props_are_read_from_their_types(
    tmp_path: Path, declaration: str, props: dict[str, str] | None
) -> None:
    text = f"{TYPES}export function Thing(props: {declaration}) {{ return <p>{{String(props)}}</p>; }}\n"
    (component,) = found(tmp_path, {"Thing.tsx": text}).components
    if props is None:
        assert component.props["search"].startswith("Promise.resolve({")
    else:
        assert component.props == props


@pytest.mark.parametrize(
    "component",
    [
        "export const Thing: FC<Props> = ({ name }) => <p>{name}</p>;",
        "export const Thing: React.FC<Props> = function ({ name }) { return <p>{name}</p>; };",
        "export const Thing = forwardRef<HTMLElement, Props>(({ name }, ref) => <p ref={ref}>{name}</p>);",
        "export const Thing = memo<Props>(({ name }) => <p>{name}</p>);",
    ],
)
def test_props_are_found_wherever_react_lets_them_be_declared(tmp_path: Path, component: str) -> None:
    (thing,) = found(tmp_path, {"Thing.tsx": f"type Props = {{ name: string }};\n{component}\n"}).components
    assert thing.props == {"name": '"sample name"'}


def test_props_that_cannot_be_inferred_are_named_with_their_reason(tmp_path: Path) -> None:
    text = 'import type { Secret } from "vault";\nexport function Odd({ s }: { s: Secret }) { return <p>{s}</p>; }'
    result = found(tmp_path, {"Odd.tsx": text})
    assert not result.components
    assert [(todo.what, todo.why) for todo in result.todos] == [
        ("component Odd", "its props cannot be inferred (s: type Secret is not the project's own)")
    ]


def test_a_hook_is_used_with_arguments_and_its_functions_are_called(tmp_path: Path) -> None:
    text = (
        "export function useCart(shop: string, { limit }: { limit: number }, page = 1) {\n"
        "  const [lines, setLines] = useState<string[]>([]);\n"
        "  const add = useCallback((name: string, count: number) => setLines([...lines, name]), [lines]);\n"
        "  function clear() { setLines([]); }\n"
        "  const odd = (event: Unheard) => setLines([]);\n"
        "  return { lines, add, clear, odd, setLines };\n}\n"
    )
    (hook,) = found(tmp_path, {"useCart.ts": text}).hooks
    assert hook.arguments == ('"sample shop"', "{ limit: 3 }")
    assert [call.code for call in hook.calls] == [
        '({ add }) => add("sample name", 3)',
        "({ clear }) => clear()",
    ]
    assert not hook.loads
    assert hook.returns


def test_the_return_type_of_a_hook_names_its_functions(tmp_path: Path) -> None:
    text = (
        "interface Pager { page: number; go: (to: number) => void }\n"
        "export const usePager = (): Pager => internal();\n"
    )
    (hook,) = found(tmp_path, {"usePager.ts": text}).hooks
    assert [call.code for call in hook.calls] == ["({ go }) => go(3)"]


def test_a_server_action_gets_its_form_from_the_inputs_that_feed_it(tmp_path: Path) -> None:
    files = {
        "actions.ts": (
            '"use server";\nimport { cookies } from "next/headers";\n'
            "export async function join(before: { message: string }, form: FormData) {\n"
            '  const who = await cookies();\n  return [form.get("plan"), form.get("start"), form.get("note")];\n}\n'
            "export async function rename(id: string, name: string) { return { id, name }; }\n"
            "export async function blind(form: FormData) { return Object.fromEntries(form); }\n"
        ),
        "Join.tsx": (
            "export function Join() {\n"
            '  return <form><select name="plan"><option value="monthly" /><option value="yearly" /></select>'
            '<input name="start" type="date" /></form>;\n}\n'
        ),
    }
    result = found(tmp_path, files)
    join, rename = result.actions
    assert join.code == '(form) => join({ message: "sample message" }, form)'
    assert join.form == {"plan": "yearly", "start": "2030-01-10", "note": "sample note"}
    assert join.guarded
    assert rename.code == '() => rename("sample id", "sample name")'
    assert [todo.what for todo in result.todos] == ["server action blind"]


def test_an_api_route_of_the_pages_router_answers_the_methods_that_it_names(tmp_path: Path) -> None:
    handler = "export default function handler(req, res) { res.json({}); }\n"
    switch = (
        'export default async (req, res) => { switch (req.method) { case "GET": case "PUT": res.end(); } };'
    )
    check = (
        'export default wrap((req, res) => { if (req.method !== "POST") return res.status(405).end(); });\n'
    )
    read = sources(
        tmp_path, {"pages/api/a.ts": handler, "pages/api/b/[id].ts": switch, "pages/api/c.ts": check}
    )
    assert [(route.path, route.methods) for route in routes.api_routes(read, "")] == [
        ("/api/a", ("GET",)),
        ("/api/b/[id]", ("GET", "PUT")),
        ("/api/c", ("POST",)),
    ]


def test_elements_read_as_if_written_by_hand() -> None:
    assert (
        element("Gate", {"flag": '"new"', "children": '"content"'}, indent=2)
        == '<Gate flag="new">content</Gate>'
    )
    assert element("Stepper", {"quantity": "3"}, indent=2) == "<Stepper quantity={3} />"
    assert returned("Stepper", {"quantity": "3"}, indent=2) == "<Stepper quantity={3} />"
    assert returned("Wide", {"text": f'"{"x" * 120}"'}, indent=2).startswith("(\n    <Wide\n      text=")
    long = element("Wide", dict.fromkeys(("one", "two", "three"), f'"{"x" * 40}"'), indent=2)
    assert long.splitlines()[0] == "<Wide"
    assert long.splitlines()[-1] == "  />"
