"""One team, told of everything in the same way."""

from platformctl.model.oncall import Matcher, OnCall, PagerDutyTarget, Receiver, Route, Team
from platformctl.model.units import seconds

ONCALL = OnCall(
    teams=(Team(name="platform", title="Platform", email="platform@example.com"),),
    receivers=(
        Receiver(name="shown-only"),
        Receiver(name="page-platform", targets=(PagerDutyTarget(routing_key_secret="pagerduty-platform"),)),
    ),
    route=Route(
        receiver="shown-only",
        group_wait=seconds(1),
        routes=(Route(receiver="page-platform", matchers=(Matcher("severity", "critical"),)),),
    ),
)
