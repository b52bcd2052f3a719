"""The plan says exactly what differs, and nothing when nothing does."""

from hypothesis import given
from hypothesis import strategies as st

from platformctl.model.artifact import Artifact
from platformctl.model.release import Actual, Release, RunningUnit, Unit
from platformctl.plan import FileAction, UnitAction, diff, fingerprint

PROMETHEUS = Unit(name="prometheus", process="p1", config="c1", reloads=True)
REDIS = Unit(name="redis", process="r1", config="", reloads=False)


def files(**contents: str) -> dict[str, Artifact]:
    return {path: Artifact(path, text.encode()) for path, text in contents.items()}


def as_running(*units: Unit, alive: bool = True) -> dict[str, RunningUnit]:
    return {u.name: RunningUnit(name=u.name, process=u.process, config=u.config, alive=alive) for u in units}


def actions(desired: tuple[Unit, ...], actual: dict[str, RunningUnit]) -> list[tuple[UnitAction, str]]:
    plan = diff(Release(files={}, units=desired), Actual(units=actual))
    return [(change.action, change.name) for change in plan.units]


def test_what_is_as_it_should_be_needs_no_change() -> None:
    desired = Release(files=files(a="1"), units=(PROMETHEUS,))
    plan = diff(desired, Actual(number=3, files=files(a="1"), units=as_running(PROMETHEUS)))
    assert plan.is_empty


def test_files_are_created_updated_and_deleted_in_order_of_paths() -> None:
    plan = diff(Release(files=files(a="1", b="2"), units=()), Actual(number=1, files=files(b="1", c="3")))
    assert [(c.action, c.path) for c in plan.files] == [
        (FileAction.CREATE, "a"),
        (FileAction.UPDATE, "b"),
        (FileAction.DELETE, "c"),
    ]


def test_units_start_in_the_order_of_the_release() -> None:
    assert actions((REDIS, PROMETHEUS), {}) == [(UnitAction.START, "redis"), (UnitAction.START, "prometheus")]


def test_a_changed_configuration_reloads_what_can_reload_and_restarts_the_rest() -> None:
    old = as_running(
        Unit(name="prometheus", process="p1", config="old", reloads=True),
        Unit(name="redis", process="r1", config="old", reloads=False),
    )
    assert actions((PROMETHEUS, REDIS), old) == [
        (UnitAction.RELOAD, "prometheus"),
        (UnitAction.RESTART, "redis"),
    ]


def test_a_changed_process_restarts_even_what_can_reload() -> None:
    old = as_running(Unit(name="prometheus", process="p0", config="c0", reloads=True))
    assert actions((PROMETHEUS,), old) == [(UnitAction.RESTART, "prometheus")]


def test_what_has_died_is_started_again_and_its_neighbour_is_left_alone() -> None:
    state = as_running(REDIS, alive=False) | as_running(PROMETHEUS)
    assert actions((REDIS, PROMETHEUS), state) == [(UnitAction.START, "redis")]


def test_what_is_no_longer_defined_is_stopped_first() -> None:
    assert actions((PROMETHEUS,), as_running(REDIS)) == [
        (UnitAction.STOP, "redis"),
        (UnitAction.START, "prometheus"),
    ]


UNITS = st.builds(
    Unit,
    name=st.sampled_from(["a", "b", "c"]),
    process=st.sampled_from(["1", "2"]),
    config=st.sampled_from(["1", "2"]),
    reloads=st.booleans(),
)
UNIT_SETS = st.lists(UNITS, unique_by=lambda u: u.name).map(tuple)
FILE_SETS = st.dictionaries(st.sampled_from(["x", "y", "z"]), st.sampled_from(["1", "2"]))


@given(UNIT_SETS, UNIT_SETS, FILE_SETS, FILE_SETS)
def test_after_a_plan_is_walked_nothing_is_left_to_change(
    wanted: tuple[Unit, ...], running: tuple[Unit, ...], new: dict[str, str], old: dict[str, str]
) -> None:
    desired = Release(files=files(**new), units=wanted)
    actual = Actual(number=1, files=files(**old), units=as_running(*running))
    plan = diff(desired, actual)
    after_files, after_units = dict(actual.files), dict(actual.units)
    for file in plan.files:
        if file.after is None:
            del after_files[file.path]
        else:
            after_files[file.path] = file.after
    for change in plan.units:
        after_units.pop(change.name, None)
        after_units |= as_running(*(u for u in wanted if u.name == change.name))
    assert diff(desired, Actual(number=1, files=after_files, units=after_units)).is_empty


def test_the_basis_changes_with_everything_a_plan_depends_on() -> None:
    base = Actual(number=1, files=files(a="1"), units=as_running(REDIS))
    others = [
        Actual(number=2, files=base.files, units=base.units),
        Actual(number=1, files=files(a="2"), units=base.units),
        Actual(number=1, files=base.files, units=as_running(REDIS, alive=False)),
        Actual(number=1, files=base.files),
    ]
    assert len({fingerprint(actual) for actual in (base, *others)}) == 5
