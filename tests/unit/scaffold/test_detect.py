"""What is found out about an application, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from unit.scaffold.apps import SAMPLE, package, pages_app, write

from platformctl.errors import PlatformError
from platformctl.scaffold.lay.manifest import Manifest
from platformctl.scaffold.lay.project import OwnersView
from platformctl.scaffold.nextjs.app import App
from platformctl.scaffold.nextjs.detect import detect


def look(root: Path) -> App:
    return detect(OwnersView(root=root, manifest=Manifest(name="x")), node_here="v20.1.0")


def test_the_sample_is_understood() -> None:
    app = look(SAMPLE)
    assert app.routers == ("app",)
    assert app.src == "src/"
    assert app.pages == ("/", "/b2b", "/cinemas", "/gyms", "/hotels", "/login", "/retail")
    assert [(r.path, r.methods) for r in app.api_routes][-2:] == [
        ("/api/stays/[id]", ("GET", "DELETE")),
        ("/api/tickets", ("POST",)),
    ]
    assert app.tenant_header == "X-Tenant-ID"
    assert app.provider is not None
    assert app.provider.props == {"tenant": "session.tenant", "role": "session.role"}
    assert app.proxy is not None
    assert app.proxy.redirects


def test_a_pages_application_with_its_own_tools_is_understood(tmp_path: Path) -> None:
    app = look(pages_app(tmp_path))
    assert app.routers == ("pages",)
    assert app.pages == ("/",)
    assert app.dynamic_pages == ("/items/[id]",)
    assert (app.node_major, app.next_major, app.react_major) == (22, 14, 18)
    assert app.manager.name == "pnpm"
    assert app.output == "standalone"
    assert app.base_path == "/shop"
    assert app.runners == ("jest.config.js",)
    assert [(a.prefix, a.target) for a in app.aliases] == [("~/", ".")]


def test_every_fact_names_its_source() -> None:
    assert all(fact.source for fact in look(SAMPLE).facts)


def test_route_groups_and_intercepted_routes_are_no_paths(tmp_path: Path) -> None:
    page = "export default function Page() { return <main />; }\n"
    write(
        tmp_path,
        {
            "package.json": package(),
            "tsconfig.json": "{}",
            "app/(shop)/cart/page.tsx": page,
            "app/@modal/(.)cart/page.tsx": page,
            "app/_private/page.tsx": page,
        },
    )
    assert look(tmp_path).pages == ("/cart",)


def test_a_workspace_is_noticed_above_the_application(tmp_path: Path) -> None:
    write(tmp_path, {"pnpm-workspace.yaml": "packages: [apps/*]\n", "pnpm-lock.yaml": ""})
    root = write(
        tmp_path / "apps" / "web",
        {"package.json": package(), "tsconfig.json": "{}", "app/page.tsx": "export default () => null;\n"},
    )
    app = look(root)
    assert (app.place, app.lock_place) == ("apps/web", ".")
    assert app.manager.name == "pnpm"


def test_two_lock_files_are_a_warning(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "package.json": package(),
            "tsconfig.json": "{}",
            "app/page.tsx": "",
            "yarn.lock": "",
            "bun.lock": "",
        },
    )
    assert look(tmp_path).warnings == ("lock files of bun and yarn: delete those that are not in use",)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "no package.json"),
        ({"package.json": '{"dependencies": {"react": "19"}}'}, "next is not among the dependencies"),
        ({"package.json": package()}, "no tsconfig.json"),
        (
            {"package.json": package(dependencies={"next": "12.3.4", "react": "18"}), "tsconfig.json": "{}"},
            "too old",
        ),
        (
            {"package.json": package(devDependencies={"jest": "^28.1.0"}), "tsconfig.json": "{}"},
            "jest 28.1.0",
        ),
        ({"package.json": package(), "tsconfig.json": "{}"}, "No app or pages folder"),
        ({"package.json": "{ broken"}, "Not readable as JSON"),
    ],
)
def test_what_is_no_fit_is_refused_by_name(tmp_path: Path, files: dict[str, str], said: str) -> None:
    with pytest.raises(PlatformError, match=said):
        look(write(tmp_path, files))


def test_a_workspace_root_points_to_the_application_in_it(tmp_path: Path) -> None:
    write(tmp_path, {"package.json": '{"workspaces": ["apps/*"]}', "apps/web/package.json": package()})
    with pytest.raises(PlatformError) as caught:
        look(tmp_path)
    assert str(caught.value.fix).endswith("apps/web")
