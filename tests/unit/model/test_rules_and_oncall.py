"""Rules and routes refuse what Prometheus or Alertmanager would only refuse later, or never."""

import pytest

from platformctl.errors import DefinitionError
from platformctl.model.artifact import Artifact, digest
from platformctl.model.oncall import Matcher, OnCall, Receiver, Route, Team, walk
from platformctl.model.rules import AlertRule, AlertTest, DashboardLink, RecordingRule, Severity
from platformctl.model.units import minutes, seconds

TEAM = Team(name="platform", title="Platform", email="platform@example.com")


def alert(**changes: object) -> AlertRule:
    values: dict[str, object] = {
        "name": "ApiDown",
        "expr": "up == 0",
        "severity": Severity.CRITICAL,
        "team": "platform",
        "summary": "s",
        "description": "d",
        "dashboard": DashboardLink(uid="overview"),
        "tests": (),
    }
    return AlertRule(**(values | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", "api down"), ("expr", " "), ("summary", ""), ("description", ""), ("team", "Platform Team")],
)
def test_an_alert_with_a_bad_field_is_refused(field: str, value: str) -> None:
    with pytest.raises(DefinitionError):
        alert(**{field: value})


@pytest.mark.parametrize("label", ["severity", "team", "alertname"])
def test_an_alert_cannot_set_a_reserved_label_by_hand(label: str) -> None:
    with pytest.raises(DefinitionError, match=label):
        alert(labels={label: "x"})


def test_a_recording_rule_names_its_level() -> None:
    with pytest.raises(DefinitionError, match="level:metric:operations"):
        RecordingRule(name="errors", expr="1", help="h")


def test_a_rule_test_cannot_expect_an_alert_out_of_nothing() -> None:
    with pytest.raises(DefinitionError, match="out of no series"):
        AlertTest(claim="fires", series=(), at=minutes(5), firing=({},))


def test_a_route_to_an_unknown_receiver_is_refused_with_the_known_ones() -> None:
    with pytest.raises(DefinitionError, match="'pager'") as refused:
        OnCall(teams=(TEAM,), receivers=(Receiver(name="show"),), route=Route(receiver="pager"))
    assert "show" in str(refused.value)


def test_the_root_route_takes_every_alert() -> None:
    with pytest.raises(DefinitionError, match="root route has matchers"):
        OnCall(
            teams=(TEAM,),
            receivers=(Receiver(name="show"),),
            route=Route(receiver="show", matchers=(Matcher("severity", "critical"),)),
        )


def test_a_route_that_repeats_sooner_than_its_group_is_refused() -> None:
    with pytest.raises(DefinitionError, match="sooner"):
        Route(receiver="show", group_interval=minutes(5), repeat_interval=seconds(30))


def test_walking_a_route_keeps_the_order_of_matching() -> None:
    tree = Route(
        receiver="a", routes=(Route(receiver="b", routes=(Route(receiver="c"),)), Route(receiver="d"))
    )
    assert [route.receiver for route in walk(tree)] == ["a", "b", "c", "d"]


@pytest.mark.parametrize("path", ["/etc/passwd", "../up", "a/../../b", "", "a//b", "./a"])
def test_an_artifact_cannot_leave_the_release_folder(path: str) -> None:
    with pytest.raises(DefinitionError, match="leaves the release folder"):
        Artifact(path, b"")


def test_a_digest_knows_content_names_and_mode_but_not_order() -> None:
    a, b = Artifact("a", b"1"), Artifact("b", b"2")
    assert digest([a, b]) == digest([b, a])
    assert (
        len({digest([a, b]), digest([a]), digest([Artifact("a", b"2")]), digest([Artifact("a", b"1", True)])})
        == 4
    )
