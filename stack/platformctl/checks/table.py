"""The checks of `platformctl check`: a rule that is not in these tables does not run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

from platformctl.checks.alert_dashboard_exists import alert_dashboard_exists
from platformctl.checks.alert_has_runbook import alert_has_runbook
from platformctl.checks.alert_has_team import alert_has_team
from platformctl.checks.alert_has_tests import alert_has_tests
from platformctl.checks.alert_is_routed import alert_is_routed
from platformctl.checks.alert_texts_name_known_labels import alert_texts_name_known_labels
from platformctl.checks.burn_alert_can_fire import burn_alert_can_fire
from platformctl.checks.component_needs_exist import component_needs_exist
from platformctl.checks.dashboard_is_portable import dashboard_is_portable
from platformctl.checks.dashboard_links_resolve import dashboard_links_resolve
from platformctl.checks.dashboard_variables_are_defined import dashboard_variables_are_defined
from platformctl.checks.labels_are_known import labels_are_known
from platformctl.checks.log_rules_read_the_copy import log_rules_read_the_copy
from platformctl.checks.log_store_has_credentials import log_store_has_credentials
from platformctl.checks.log_streams_fit_the_limit import log_streams_fit_the_limit
from platformctl.checks.login_has_tenant import login_has_tenant
from platformctl.checks.logql_is_sound import logql_is_sound
from platformctl.checks.metrics_are_known import metrics_are_known
from platformctl.checks.names_are_unique import names_are_unique
from platformctl.checks.objectives_are_measured import objectives_are_measured
from platformctl.checks.pagerduty_objects_exist import pagerduty_objects_exist
from platformctl.checks.panel_asks_a_question import panel_asks_a_question
from platformctl.checks.panel_names_its_job import panel_names_its_job
from platformctl.checks.panel_rates_hold_samples import panel_rates_hold_samples
from platformctl.checks.panel_unit_fits import panel_unit_fits
from platformctl.checks.ports_do_not_clash import ports_do_not_clash
from platformctl.checks.promql_parses import promql_parses
from platformctl.checks.routes_are_sound import routes_are_sound
from platformctl.checks.runbook_has_alert import runbook_has_alert
from platformctl.checks.runbook_is_written import runbook_is_written
from platformctl.checks.runbook_links_resolve import runbook_links_resolve
from platformctl.checks.series_fit_the_budget import series_fit_the_budget
from platformctl.checks.size_holds_the_tenants import size_holds_the_tenants
from platformctl.checks.targets_have_secrets import targets_have_secrets
from platformctl.model.platform import Platform
from platformctl.model.problem import Problem
from platformctl.model.site import Site

Check: TypeAlias = Callable[[Platform], Iterator[Problem]]
SiteCheck: TypeAlias = Callable[[Platform, Site], Iterator[Problem]]

CHECKS: Final[tuple[Check, ...]] = (
    promql_parses,
    metrics_are_known,
    labels_are_known,
    names_are_unique,
    alert_has_team,
    alert_has_runbook,
    alert_has_tests,
    alert_texts_name_known_labels,
    alert_dashboard_exists,
    alert_is_routed,
    routes_are_sound,
    pagerduty_objects_exist,
    burn_alert_can_fire,
    runbook_has_alert,
    runbook_is_written,
    runbook_links_resolve,
    dashboard_variables_are_defined,
    dashboard_is_portable,
    dashboard_links_resolve,
    panel_asks_a_question,
    panel_names_its_job,
    panel_rates_hold_samples,
    panel_unit_fits,
    component_needs_exist,
    ports_do_not_clash,
    login_has_tenant,
    series_fit_the_budget,
    size_holds_the_tenants,
    logql_is_sound,
    log_rules_read_the_copy,
    log_streams_fit_the_limit,
)

SITE_CHECKS: Final[tuple[SiteCheck, ...]] = (
    targets_have_secrets,
    objectives_are_measured,
    log_store_has_credentials,
)
"""What holds or not by the machine that the platform is deployed to."""
