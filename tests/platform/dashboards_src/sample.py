"""One dashboard with one panel."""

from platformctl.model.dashboard import Audience, Dashboard, Row
from platformctl.model.panel import Panel, PanelKind, Query, Unit

DASHBOARDS = (
    Dashboard(
        uid="sample",
        title="Sample",
        question="Does everything answer?",
        audience=Audience.OPERATIONS,
        rows=(
            Row(
                title="Services",
                panels=(
                    Panel(
                        title="Up",
                        description="1 while a service answers.",
                        kind=PanelKind.STAT,
                        unit=Unit.SHORT,
                        queries=(Query(expr="job:up:min", legend="{{job}}"),),
                    ),
                ),
            ),
        ),
    ),
)
