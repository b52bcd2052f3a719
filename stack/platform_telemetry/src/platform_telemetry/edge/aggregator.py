"""Reads on, counts, keeps its place; and answers scrapes from what it has counted."""

from __future__ import annotations

import logging
import time
from threading import Event, Lock
from typing import Final

from platform_telemetry.edge import checkpoint
from platform_telemetry.edge.counts import EdgeCounts
from platform_telemetry.edge.follow import Follower
from platform_telemetry.edge.settings import Settings

_REST_S: Final = 0.25
_SAVE_EVERY_S: Final = 5.0
_FORGET_EVERY_S: Final = 60.0
_FRESH_S: Final = 1.0
_OLD_S: Final = 300.0
log = logging.getLogger("platform_telemetry.edge")


class Aggregator:
    """One log and its counts."""

    def __init__(self, settings: Settings) -> None:
        self._checkpoint = settings.state / "checkpoint.json"
        known = self._checkpoint.exists()
        self._counts = EdgeCounts(
            most_tenants=settings.most_tenants,
            idle_s=settings.idle_s,
            zero_s=settings.zero_s,
            not_before=0.0 if known else time.time() - _OLD_S,
        )
        place = checkpoint.load(self._checkpoint, self._counts)
        position, self._gaps_before = place if place else (None, 0)
        self._follower = Follower(settings.log, position)
        self._lock = Lock()
        self._text, self._text_at = b"", 0.0
        self.caught_up = Event()

    def run(self, stop: Event) -> None:
        """Count until told to stop; then keep the place."""
        save_at = forget_at = time.monotonic()
        while not stop.is_set():
            with self._lock:
                lines = self._follower.read()
                self._counts.add(lines)
            now = time.monotonic()
            if now >= save_at:
                save_at = now + _SAVE_EVERY_S
                self._save()
            if now >= forget_at:
                forget_at = now + _FORGET_EVERY_S
                with self._lock:
                    self._counts.forget_idle()
            if not lines:
                self.caught_up.set()
                stop.wait(_REST_S)
        self._save()
        self._follower.close()

    def exposition(self) -> bytes:
        """What a scrape gets; at most a second old."""
        with self._lock:
            now = time.monotonic()
            if not self._text or now - self._text_at >= _FRESH_S:
                text = self._counts.text(gaps=self._gaps, unread_bytes=self._follower.unread_bytes())
                self._text, self._text_at = text.encode(), now
            return self._text

    @property
    def _gaps(self) -> int:
        return self._gaps_before + self._follower.gaps

    def _save(self) -> None:
        """A full disk is no reason to stop counting."""
        position = self._follower.position()
        if position is None:
            return
        try:
            checkpoint.save(self._checkpoint, self._counts, position, gaps=self._gaps)
        except OSError as error:
            log.warning("the place in the log is not kept: %s", error)
