"""The checks of `platformctl check`: a rule that is not in this table does not run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

from platformctl.checks.alert_has_runbook import alert_has_runbook
from platformctl.checks.alert_has_team import alert_has_team
from platformctl.checks.alert_has_tests import alert_has_tests
from platformctl.checks.labels_are_known import labels_are_known
from platformctl.checks.metrics_are_known import metrics_are_known
from platformctl.checks.promql_parses import promql_parses
from platformctl.model.platform import Platform
from platformctl.model.problem import Problem

Check: TypeAlias = Callable[[Platform], Iterator[Problem]]

CHECKS: Final[tuple[Check, ...]] = (
    promql_parses,
    metrics_are_known,
    labels_are_known,
    alert_has_team,
    alert_has_runbook,
    alert_has_tests,
)
