"""What happens in the business, as counters: users, tools, onboarding, tiers, revenue, conversions, flags.

Count an event once its change is committed: a counter then never runs ahead of the database.
"""

from __future__ import annotations

from enum import StrEnum

from platform_telemetry import contract
from platform_telemetry.instruments import Instruments


class Outcome(StrEnum):
    """How a log-in ends."""

    SUCCESS = "success"
    FAILURE = "failure"


class Action(StrEnum):
    """What a user does."""

    LOGIN = "login"
    VIEW = "view"
    CREATE = "create"
    UPDATE = "update"
    EXPORT = "export"


class Tool(StrEnum):
    """The products a tenant works with."""

    MARKET_EDGE = "market_edge"
    CAUSAL_EDGE = "causal_edge"
    VALUE_EDGE = "value_edge"


class OnboardingStep(StrEnum):
    """The way from a new location to daily use."""

    PROFILE = "profile"
    DATA_SOURCE = "data_source"
    TEAM = "team"
    FIRST_INSIGHT = "first_insight"
    GO_LIVE = "go_live"


class RevenueKind(StrEnum):
    """Events that move revenue."""

    PAYMENT = "payment"
    PAYMENT_FAILED = "payment_failed"
    REFUND = "refund"
    CANCELLATION = "cancellation"


class Goal(StrEnum):
    """What a tenant's own customers reach, by vertical; and a trial that becomes a paying customer."""

    BOOKING = "booking"
    TICKET = "ticket"
    MEMBERSHIP = "membership"
    DEAL = "deal"
    ORDER = "order"
    TRIAL_TO_PAID = "trial_to_paid"


class Direction(StrEnum):
    """Which way a subscription tier changes."""

    UPGRADE = "upgrade"
    DOWNGRADE = "downgrade"


class BusinessEvents:
    """One method per event; each adds to the counters of the catalogue."""

    def __init__(self, instruments: Instruments) -> None:
        self._auth = instruments.value(contract.AUTH_ATTEMPTS)
        self._actions = instruments.value(contract.USER_ACTIONS)
        self._tools = instruments.value(contract.TOOL_RUNS)
        self._onboarding = instruments.value(contract.ONBOARDING_STEPS)
        self._tiers = instruments.value(contract.TIER_CHANGES)
        self._revenue = instruments.value(contract.REVENUE_EVENTS)
        self._cents = instruments.value(contract.REVENUE_CENTS)
        self._conversions = instruments.value(contract.CONVERSIONS)
        self._written = instruments.value(contract.TENANT_WRITTEN)
        self._flags = instruments.value(contract.FLAG_EVALUATIONS)

    def logged_in(self, tenant: str, outcome: Outcome) -> None:
        """A user tried to log in."""
        for expected in Outcome:  # shown at zero: a rate cannot see the step from nothing to the first one
            self._auth.at(tenant, expected)
        self._auth.at(tenant, outcome).inc()

    def acted(self, tenant: str, action: Action) -> None:
        """A user did something."""
        self._actions.at(tenant, action).inc()

    def ran_tool(self, tenant: str, tool: Tool) -> None:
        """A tool was run."""
        self._tools.at(tenant, tool).inc()

    def completed_step(self, tenant: str, step: OnboardingStep) -> None:
        """An onboarding step was completed."""
        self._onboarding.at(tenant, step).inc()

    def changed_tier(self, before: str, after: str, direction: Direction) -> None:
        """A tenant changed its subscription."""
        self._tiers.at(before, after, direction).inc()

    def moved_revenue(self, tenant: str, kind: RevenueKind, amount_cents: int) -> None:
        """Money came, went or failed to come."""
        self._revenue.at(tenant, kind).inc()
        self._cents.at(tenant, kind).inc(amount_cents)

    def converted(self, tenant: str, goal: Goal) -> None:
        """A goal was reached."""
        self._conversions.at(tenant, goal).inc()

    def stored(self, tenant: str, size_bytes: int) -> None:
        """Payload was written."""
        self._written.at(tenant).inc(size_bytes)

    def evaluated_flag(self, flag: str, *, enabled: bool) -> None:
        """A feature flag was looked at."""
        self._flags.at(flag, "on" if enabled else "off").inc()
