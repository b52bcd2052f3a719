"""Bringing one process up, through its preparations to its first healthy answer, and taking it down."""

from __future__ import annotations

import secrets
import shutil
from dataclasses import replace
from pathlib import Path
from typing import IO, Final

from platformctl.errors import PlatformError
from platformctl.model.release import RunningUnit, Unit
from platformctl.render.native import Process, Step
from platformctl.sinks.native import interrupts, logs, ports, probe
from platformctl.sinks.native.data import make_data_folder
from platformctl.sinks.native.accounts import Account, find_account, is_root
from platformctl.sinks.native.failures import start_failure
from platformctl.sinks.native.launch import Launched, end, launch
from platformctl.sinks.native.layout import Layout
from platformctl.sinks.native.prepare import prepare
from platformctl.sinks.native.records import PREPARING, Record, RecordStore
from platformctl.sinks.native.waiting import Clock

_PREPARE_TIMEOUT_S: Final = 300.0
_QUOTED_LINES: Final = 5


class Units:
    """The processes of one state folder."""

    def __init__(self, layout: Layout, *, clock: Clock, health_timeout_s: float) -> None:
        self._layout = layout
        self._records = RecordStore(layout)
        self._clock = clock
        self._health_timeout_s = health_timeout_s
