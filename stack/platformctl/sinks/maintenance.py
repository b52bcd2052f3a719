"""The three places a window is put into: Alertmanager's silences, PagerDuty's windows, Prometheus' own record."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, cast

import requests

from platformctl.errors import PlatformError
from platformctl.model.maintenance import SERIES, Window
from platformctl.model.pagerduty import Described, Field
from platformctl.render._yaml import yaml_artifact
from platformctl.sinks.files import make_folder, write_atomically
from platformctl.sinks.pagerduty.account import Account
from platformctl.sinks.pagerduty.entities import WINDOWS
from platformctl.sinks.pagerduty.marks import marked
from platformctl.sinks.releases import disk_error

_TIMEOUT_S: Final = 5.0


class NotOpened(PlatformError):
    """A window could not be opened or closed in one of its places."""

    kind = "maintenance"


class Silences:
    """The silences of one Alertmanager, by its ``host:port``."""

    def __init__(self, address: str) -> None:
        self._url = f"http://{address}/api/v2"

    def open(self, window: Window, label: str, values: Sequence[str]) -> str:
        """Silence the alerts whose label has one of the values (names of ours); returns the silence's id."""
        body = {
            "matchers": [
                {
                    "name": label,
                    "value": "|".join(values),
                    "isRegex": True,
                    "isEqual": True,
                }
            ],
            "startsAt": window.start.isoformat(),
            "endsAt": window.end.isoformat(),
            "createdBy": window.author,
            "comment": comment(window),
        }
        answer = self._ask("POST", "/silences", body)
        return str(json.loads(answer)["silenceID"])

    def expire(self, silence: str) -> None:
        """End a silence; one that is over or unknown is no error."""
        self._ask("DELETE", f"/silence/{silence}", None, gone_is_fine=True)

    def of(self, window_id: str) -> Iterator[str]:
        """The ids of the silences that were opened for a window and are not over."""
        for entry in json.loads(self._ask("GET", "/silences", None)):
            is_its = str(entry["comment"]).startswith(f"[{window_id}] ")
            if is_its and entry["status"]["state"] != "expired":
                yield str(entry["id"])

    def _ask(self, method: str, path: str, body: object, *, gone_is_fine: bool = False) -> str:
        with requests.Session() as session:
            session.trust_env = False
            try:
                answer = session.request(method, self._url + path, json=body, timeout=_TIMEOUT_S)
            except requests.RequestException as error:
                raise NotOpened(
                    f"Alertmanager does not answer ({type(error).__name__})", where=self._url
                ) from error
        if not answer.ok and not (gone_is_fine and answer.status_code == 404):
            raise NotOpened(
                f"Alertmanager answered {answer.status_code}: {answer.text.strip()[:300]}",
                where=self._url + path,
            )
        return answer.text


def comment(window: Window) -> str:
    """What a silence says of itself; by its beginning the window is found again."""
    return f"[{window.id}] {window.reason}"


class PagerDutyWindows:
    """The maintenance windows of an account that carry our tag."""

    def __init__(self, account: Account, owner: str) -> None:
        self._account = account
        self._owner = owner

    def open(self, window: Window, services: Iterable[str]) -> str:
        """Stop incidents on these services, by name; returns the window's id there, which may be there already."""
        if there := next(self.of(window.id), None):
            return there
        ids = {str(s["name"]): str(s["id"]) for s in self._account.every("/services", "services")}
        wanted = tuple(services)
        if missing := sorted(set(wanted) - ids.keys()):
            raise NotOpened(
                f"the PagerDuty account has no service {', '.join(missing)}",
                fix="platformctl pagerduty apply",
            )
        references: list[Field] = [{"id": ids[name], "type": "service_reference"} for name in wanted]
        made = self._account.post(
            "/maintenance_windows",
            {
                "maintenance_window": {
                    "type": "maintenance_window",
                    "start_time": zulu(window.start),
                    "end_time": zulu(window.end),
                    "description": marked(comment(window), self._owner),
                    "services": references,
                }
            },
        )
        return str(cast(Described, made["maintenance_window"])["id"])

    def of(self, window_id: str) -> Iterator[str]:
        """The ids there of what was opened for a window, and is not over."""
        for entry in self._account.every(f"/{WINDOWS}?filter=open", WINDOWS):
            if str(entry.get("description") or "").startswith(f"[{window_id}] "):
                yield str(entry["id"])

    def end(self, id_: str) -> None:
        """End a window now, or call it off."""
        self._account.delete(f"/maintenance_windows/{id_}")


def rules(windows: Iterable[Window]) -> str:
    """A rule file with a series for each window, which dashboards show while it lasts."""
    entries = [
        {
            "record": SERIES,
            "expr": f"vector(1) and (vector(time()) >= {window.start.timestamp():.0f})"
            f" and (vector(time()) < {window.end.timestamp():.0f})",
            "labels": {"window": window.id, str(window.scope.kind): name, "reason": window.reason},
        }
        for window in windows
        for name in window.scope.names
    ]
    document = {"groups": [{"name": "maintenance", "interval": "5s", "rules": entries}]}
    return yaml_artifact("maintenance.yml", document).content.decode()


def append(record: Path, entry: dict[str, object]) -> None:
    """Add a line to the record; what stands in it is never touched."""
    line = json.dumps(entry, ensure_ascii=False) + "\n"
    try:
        make_folder(record.parent)
        handle = os.open(record, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, line.encode())
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        raise disk_error(error, record) from error


def show_in_prometheus(files: Iterable[Path], windows: Iterable[Window], address: str) -> None:
    """Write the rule file to each place, and let the Prometheus at ``host:port`` read it."""
    text = rules(windows)
    for file in files:
        write_atomically(file, text)
    with requests.Session() as session:
        session.trust_env = False
        try:
            answer = session.post(f"http://{address}/-/reload", timeout=_TIMEOUT_S)
        except requests.RequestException as error:
            raise NotOpened(f"Prometheus does not answer ({type(error).__name__})", where=address) from error
    if not answer.ok:
        raise NotOpened(f"Prometheus refuses its rules: {answer.text.strip()[:300]}", where=address)


def zulu(instant: datetime) -> str:
    """The instant as PagerDuty writes it."""
    return instant.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
