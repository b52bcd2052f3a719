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
                        description="Does the service answer? 1 while it does.",
                        kind=PanelKind.STAT,
                        unit=Unit.SHORT,
                        queries=(Query(expr="job:up:min", legend="{{job}}"),),
                    ),
                ),
            ),
        ),
    ),
)
