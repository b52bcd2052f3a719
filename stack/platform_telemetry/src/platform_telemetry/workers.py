"""Several worker processes behind one port, published as one: each counts in a file of its own, which all may read.

A worker's numbers lie in memory that is mapped from its file, so counting costs what it costs in a process that
serves alone, and a worker that is killed leaves what it has counted. Whoever is scraped adds up all files; what
dead workers counted is kept, so a counter never falls. Gauges are those of the workers that live.

    instruments, workers = shared(contract.metrics_of(GROUPS), Path(os.environ["TELEMETRY_WORKERS_DIR"]))

The folder belongs to one service on one machine, and is emptied by the first worker that starts. Make the instruments
in each worker, not before a fork.
"""

from __future__ import annotations

import fcntl
import json
import math
import mmap
import os
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Final, TypeAlias

from platform_telemetry.child import Cells, Labels
from platform_telemetry.instruments import Instruments, Totals
from platform_telemetry.spec import Merge, MetricSpec, MetricType

_READ_EVERY_S: Final = 1.0
_DOUBLE: Final = 8
_ADDED: Final = frozenset({MetricType.COUNTER, MetricType.HISTOGRAM})
_Sums: TypeAlias = dict[str, dict[Labels, list[float]]]


class _Peer:
    """The file of one worker, read on from where the last look ended."""

    def __init__(self, values: Path) -> None:
        with values.open("rb") as file:
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._view = memoryview(self._map).cast("d")
        self._keys = values.with_suffix(".keys")
        self._read_to = 0
        self._places: list[tuple[str, Labels, int, int]] = []

    def numbers(self) -> Iterator[tuple[str, Labels, Sequence[float]]]:
        """Every label combination with its numbers as they are now."""
        with self._keys.open("rb") as file:
            file.seek(self._read_to)
            whole, _, _ = file.read().rpartition(b"\n")
        if whole:
            self._read_to += len(whole) + 1
            for line in whole.split(b"\n"):
                metric, labels, start, size = json.loads(line)
                self._places.append((metric, tuple(labels), start, size))
        for metric, labels, start, size in self._places:
            yield metric, labels, self._view[start : start + size].tolist()

    def close(self) -> None:
        """Let the file go."""
        self._view.release()
        self._map.close()


class WorkerFolder:
    """A `Storage` that all workers of one service share."""

    def __init__(self, folder: Path, specs: Iterable[MetricSpec], *, tenants: int) -> None:
        self._specs = {spec.name: spec for spec in specs}
        self._folder = folder
        self._lock = Lock()
        self._pid = os.getpid()
        self._name = f"{self._pid}-{secrets.token_hex(4)}"
        self._peers: dict[str, _Peer] = {}
        self._used = 0
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        room = sum(_room(spec, tenants) for spec in self._specs.values())
        with self._alone():
            if not any(self._living(path) for path in self._files()):
                self._clear()
            self._open(room)

    def cells(self, spec: MetricSpec, labels: Labels) -> Cells:
        """Zeros in this worker's file."""
        if os.getpid() != self._pid:
            raise RuntimeError("these instruments were made before a fork: make them in each worker")
        with self._lock:
            start, end = self._used, self._used + spec.cells
            if end > len(self._view):
                return [0.0] * spec.cells  # after thousands of relabelled gauges: this worker's own affair
            self._used, view = end, self._view[start:end]
            self._keys.write(json.dumps([spec.name, labels, start, spec.cells]).encode() + b"\n")
            self._keys.flush()
            return view

    def totals(self) -> Totals:
        """What all workers have counted, those that have ended among them."""
        with self._lock, self._alone():
            self._retire_the_dead()
            sums, _ = self._retired()
            for path in self._files():
                for metric, labels, cells in self._peer(path).numbers():
                    _merge(sums, self._specs.get(metric), labels, cells)
        return sums

    def close(self) -> None:
        """End this worker's part: its counts stay for the others."""
        with self._lock:
            for peer in self._peers.values():
                peer.close()
            self._peers.clear()
            self._keys.close()
            fcntl.flock(
                self._values, fcntl.LOCK_UN
            )  # the mapping, which children still look into, would hold it
            self._values.close()

    def _open(self, room: int) -> None:
        path = self._folder / f"{self._name}.values"
        self._keys = path.with_suffix(".keys").open("ab")
        self._values = path.open("w+b")
        fcntl.flock(self._values, fcntl.LOCK_EX)  # held as long as this process lives
        self._values.truncate(room * _DOUBLE)  # sparse: what is not used takes no room
        self._map = mmap.mmap(self._values.fileno(), 0)
        self._view = memoryview(self._map).cast("d")

    def _files(self) -> list[Path]:
        return sorted(self._folder.glob("*.values"))

    def _living(self, path: Path) -> bool:
        if path.stem == self._name:
            return True
        with path.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    def _peer(self, path: Path) -> _Peer:
        if path.stem not in self._peers:
            self._peers[path.stem] = _Peer(path)
        return self._peers[path.stem]

    def _retire_the_dead(self) -> None:
        """Keep what dead workers counted in one file; gauges die with their worker."""
        dead = [path for path in self._files() if not self._living(path)]
        for stem in self._peers.keys() - {path.stem for path in self._files()}:
            self._peers.pop(stem).close()
        if not dead:
            return
        sums, kept = self._retired()
        for path in dead:
            peer = self._peer(path)
            for metric, labels, cells in peer.numbers():
                spec = self._specs.get(metric)
                if path.stem not in kept and spec is not None and spec.type in _ADDED:
                    _merge(sums, spec, labels, cells)
            self._peers.pop(path.stem).close()
        document = {
            "workers": sorted({path.stem for path in dead} | kept),
            "numbers": [[m, list(ls), cells] for m, found in sums.items() for ls, cells in found.items()],
        }
        temporary = self._folder / f".retired-{self._name}"
        temporary.write_text(json.dumps(document))
        temporary.replace(self._folder / "retired.json")
        for path in dead:  # whoever dies here has named them in the document: they are not added twice
            path.with_suffix(".keys").unlink(missing_ok=True)
            path.unlink(missing_ok=True)

    def _retired(self) -> tuple[_Sums, frozenset[str]]:
        """What the dead have counted, and who of them is in it."""
        path = self._folder / "retired.json"
        if not path.exists():
            return {}, frozenset()
        document = json.loads(path.read_text())
        sums: _Sums = {}
        for metric, labels, cells in document["numbers"]:
            sums.setdefault(metric, {})[tuple(labels)] = cells
        return sums, frozenset(document["workers"])

    def _clear(self) -> None:
        for pattern in ("*.values", "*.keys", ".retired-*", "retired.json"):
            for path in self._folder.glob(pattern):
                path.unlink()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One worker at a time adds up, retires or joins."""
        with (self._folder / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _room(spec: MetricSpec, tenants: int) -> int:
    """The cells that its combinations may take, the overflow's too; gauges change their labels now and then."""
    turnover = 1 if spec.type in _ADDED else 2
    return spec.cells * (turnover * spec.combinations(tenants=tenants) + 1)


def _merge(sums: _Sums, spec: MetricSpec | None, labels: Labels, cells: Sequence[float]) -> None:
    if spec is None or math.isnan(cells[0]):
        return
    known = sums.setdefault(spec.name, {})
    before = known.get(labels)
    if before is None:
        known[labels] = list(cells)
    elif spec.over_workers is Merge.MAX and spec.type not in _ADDED:
        before[0] = max(before[0], cells[0])
    else:
        before[:] = map(float.__add__, before, cells)


class Reader:
    """Looks a worker's gauges up every second, for the scrapes that other workers answer.

    A thread of its own: the age of a request that holds the event loop up is then told by the worker it hangs in.
    """

    def __init__(self, instruments: Instruments, storage: WorkerFolder) -> None:
        self._instruments = instruments
        self._storage = storage
        self._stop = Event()
        self._thread = Thread(target=self._run, name="telemetry-gauges", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop, and let the files go."""
        self._stop.set()
        self._thread.join()
        self._storage.close()

    def _run(self) -> None:
        while not self._stop.wait(_READ_EVERY_S):
            self._instruments.read()


def shared(specs: Iterable[MetricSpec], folder: Path, *, tenants: int = 10_000) -> tuple[Instruments, Reader]:
    """Instruments whose numbers are those of all workers on this folder, and what is to be closed at the end."""
    published = tuple(specs)
    storage = WorkerFolder(folder, published, tenants=tenants)
    instruments = Instruments(published, tenants=tenants, storage=storage)
    return instruments, Reader(instruments, storage)
