"""Which package manager and workspace a project is in, and which versions it asks for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from unit.scaffold.apps import package, write

from platformctl.errors import PlatformError
from platformctl.scaffold.lay.manifest import Manifest
from platformctl.scaffold.lay.project import OwnersView
from platformctl.scaffold.nextjs.app import PackageManager
from platformctl.scaffold.nextjs.managers import find_manager, node_of
from platformctl.scaffold.nextjs.packages import Packages, read_packages
from platformctl.scaffold.nextjs.tsconfig import read_tsconfig
from platformctl.scaffold.nextjs.workspace import find_workspace


def read(root: Path) -> Packages:
    view = OwnersView(root=root, manifest=Manifest(name="x"))
    return read_packages(view, find_workspace(root))


def manager_of(root: Path) -> PackageManager:
    return find_manager(read(root)).manager


@pytest.mark.parametrize(
    ("files", "flavour", "frozen"),
    [
        ({}, "npm", "npm ci"),
        ({"package-lock.json": "{}"}, "npm", "npm ci"),
        ({"pnpm-lock.yaml": ""}, "pnpm", "pnpm install --frozen-lockfile"),
        ({"yarn.lock": "# yarn lockfile v1\n"}, "yarn-classic", "yarn install --frozen-lockfile"),
        ({"yarn.lock": "__metadata:\n  version: 8\n"}, "yarn", "yarn install --immutable"),
        ({"yarn.lock": "", ".yarnrc.yml": "nodeLinker: node-modules\n"}, "yarn", "yarn install --immutable"),
        ({"bun.lock": "{}"}, "bun", "bun install --frozen-lockfile"),
        ({"bun.lockb": ""}, "bun", "bun install --frozen-lockfile"),
        (
            {"package.json": package(packageManager="yarn@1.22.22")},
            "yarn-classic",
            "yarn install --frozen-lockfile",
        ),
        (
            {"package.json": package(devEngines={"packageManager": {"name": "pnpm", "version": "10"}})},
            "pnpm",
            "pnpm install --frozen-lockfile",
        ),
    ],
)
def test_the_package_manager_is_told_by_its_traces(
    tmp_path: Path, files: dict[str, str], flavour: str, frozen: str
) -> None:
    manager = manager_of(write(tmp_path, {"package.json": package(), **files}))
    assert (manager.flavour, manager.frozen) == (flavour, frozen)


def test_what_package_json_says_outweighs_a_lock_file_and_two_locks_are_a_warning(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        {"package.json": package(packageManager="pnpm@10.1.0"), "yarn.lock": "", "package-lock.json": "{}"},
    )
    found = find_manager(read(root))
    assert found.manager.name == "pnpm"
    assert found.warnings == ("lock files of npm and yarn: delete those that are not in use",)


@pytest.mark.parametrize(
    ("files", "app"),
    [
        ({"pnpm-workspace.yaml": "packages:\n  - apps/*\n  - packages/*\n"}, "apps/web"),
        ({"package.json": json.dumps({"workspaces": ["apps/*"]})}, "apps/web"),
        ({"package.json": json.dumps({"workspaces": {"packages": ["./frontend"]}})}, "frontend"),
        ({"pnpm-workspace.yaml": "packages: ['**', '!**/test/**']\n"}, "deep/er/web"),
    ],
)
def test_an_application_in_a_workspace_takes_its_manager_from_the_root(
    tmp_path: Path, files: dict[str, str], app: str
) -> None:
    write(tmp_path, {**files, "yarn.lock": "# yarn lockfile v1\n", f"{app}/package.json": package()})
    assert find_workspace(tmp_path / app) == tmp_path
    assert manager_of(tmp_path / app).flavour == "yarn-classic"


def test_a_folder_above_that_does_not_count_the_application_in_is_no_workspace(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"package.json": json.dumps({"workspaces": ["packages/*"]}), "x/web/package.json": package()},
    )
    assert find_workspace(tmp_path / "x" / "web") is None


def test_a_version_from_a_catalog_is_followed(tmp_path: Path) -> None:
    catalogs = "packages: ['apps/*']\ncatalog:\n  next: ^15.3.0\ncatalogs:\n  react19:\n    react: 19.1.0\n"
    app = package(dependencies={"next": "catalog:", "react": "catalog:react19", "msw": "latest"})
    write(tmp_path, {"pnpm-workspace.yaml": catalogs, "apps/web/package.json": app})
    packages = read(tmp_path / "apps" / "web")
    assert (packages.version("next"), packages.version("react")) == ("15.3.0", "19.1.0")
    assert packages.version("msw") == ""
    assert packages.version("jest") is None


def test_a_range_that_says_little_gives_way_to_what_is_installed(tmp_path: Path) -> None:
    app = package(dependencies={"next": "^13 || ^14 || ^15", "react": ">=18", "lodash": "npm:lodash-es@4.17"})
    root = write(
        tmp_path,
        {
            "package.json": app,
            "node_modules/next/package.json": '{"version": "15.4.2"}',
            "node_modules/react/package.json": '{"version": "19.0.0"}',
        },
    )
    packages = read(root)
    assert (packages.major("next"), packages.major("react"), packages.major("lodash")) == (15, 19, 4)


@pytest.mark.parametrize(
    ("text", "major"),
    [("v22.12.0", 22), ("lts/jod", 22), ("lts/iron\n", 20), (">=18.17 <21", 18), ("lts/*", None)],
)
def test_a_node_version_is_read_in_each_way_of_writing_it(text: str, major: int | None) -> None:
    assert node_of(text) == major


def test_an_nx_project_without_packages_says_so(tmp_path: Path) -> None:
    with pytest.raises(PlatformError, match="an Nx project"):
        read(write(tmp_path, {"project.json": "{}"}))


def test_tsconfig_follows_several_parents_files_above_and_packages(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "tsconfig.base.json": '{"compilerOptions": {"paths": {"@libs/*": ["libs/*"]}}, "exclude": ["old"]}',
            "node_modules/@repo/ts/next.json": '{"compilerOptions": {"paths": {"never": ["x"]}}}',
            "apps/web/tsconfig.json": '{"extends": ["@repo/ts/next.json", "../../tsconfig.base"], /* own */}',
            "apps/web/package.json": package(),
        },
    )
    found = read_tsconfig(OwnersView(root=tmp_path / "apps" / "web", manifest=Manifest(name="x")))
    assert [(alias.prefix, alias.target) for alias in found.aliases] == [("@libs/", "../../libs")]
    assert found.exclude == ("../../old",)
