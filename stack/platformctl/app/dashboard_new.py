"""Lay a new dashboard: one module in ``dashboards_src/``, which renders and passes every check as it is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from platformctl.app.session import Request
from platformctl.errors import PlatformError, UsageError
from platformctl.model.dashboard import Audience
from platformctl.sinks.files import write_atomically
from platformctl.sources import workspace
from platformctl.sources.definitions import load_platform

_NAME: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST: Final = 40
_MODULE: Final = '''\
"""{title}: say in a line what this page is for."""

from __future__ import annotations

from typing import Final

from platformctl.model.dashboard import Audience, Dashboard, Row, Variable
from platformctl.model.panel import Link, Unit
from platformctl.model.panels import ANY_IS_BAD, graph, stat

NOW: Final = Row(
    title="Right now",
    panels=(
        stat(
            "Targets down",
            "Is something not answering? Scrape targets of the chosen jobs that are down.",
            'count(up{{job=~"$job"}} == 0) or vector(0)',
            thresholds=ANY_IS_BAD,
        ),
        graph(
            "Targets up",
            "Since when? Share of the targets of each job that answer.",
            ('avg by (job) (up{{job=~"$job"}})', "{{{{job}}}}"),
            unit=Unit.RATIO,
            minimum=0,
            maximum=1,
            width=20,
        ),
    ),
)

DASHBOARDS: Final = (
    Dashboard(
        uid="{uid}",
        title="{title}",
        question="Which question does this page answer, and for whom?",
        audience=Audience.{audience},
        variables=(Variable(name="job", label="Job", metric="up", of="job"),),
        rows=(NOW,),
        links=({link}),
    ),
)
'''


def new_dashboard(request: Request, name: str, audience: Audience) -> Path:
    """Write ``dashboards_src/<name>.py`` and return its path; never overwrites, and takes no uid twice."""
    content = writable_workspace(request)
    check_name(name)
    path = path_of(content, name)
    known = {dashboard.uid for dashboard in load_platform(content).dashboards}
    if path.exists() or name in known:
        raise PlatformError(
            f"there is a dashboard {name!r} already", where=str(path), fix=f"platformctl preview {name}"
        )
    write_atomically(path, module_for(name, audience, known=known))
    return path


def writable_workspace(request: Request) -> Path:
    """The content of the workspace; raises `UsageError` for the built-in one."""
    found = workspace.find(request.workspace, start=request.start)
    if found.built_in:
        raise UsageError(
            "the built-in workspace is not yours to change", fix="platformctl init DIR, and run it there"
        )
    return found.content


def check_name(name: str) -> None:
    """Refuse what is no uid of a dashboard."""
    if not _NAME.fullmatch(name) or len(name) > _LONGEST:
        raise UsageError(
            f"{name!r} is no name for a dashboard",
            fix=f"write it like platform-overview: lower case, at most {_LONGEST} characters",
        )


def path_of(content: Path, name: str) -> Path:
    """The module of a dashboard with a file of its own."""
    return content / "dashboards_src" / f"{name.replace('-', '_')}.py"


def module_for(name: str, audience: Audience, *, known: set[str]) -> str:
    """The module's text; it links back to the overview where the workspace has one."""
    overview = "platform-overview"
    link = f'Link(title="Overview", dashboard="{overview}"),' if overview in known else ""
    text = _MODULE.format(
        uid=name, title=name.replace("-", " ").capitalize(), audience=audience.name, link=link
    )
    return (
        text if link else text.replace("import Link, Unit", "import Unit").replace("        links=(),\n", "")
    )
