"""The parent's side: which libraries there are, the processes they run in, and the interpreters of those."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Final, NamedTuple

ROOT: Final = Path(__file__).resolve().parents[1]
HIPS_ENVIRONMENT: Final = ROOT / ".cache" / "peers" / "bin" / "python"


class Peer(NamedTuple):
    """A library: its module in `peers/`, the distribution it needs, and which interpreter has that."""

    module: str
    distribution: str
    place: str  # "ours", "peers" or "hips"


PEERS: Final = {
    "ours": Peer("ours", "autograd", "ours"),
    "ours, numpy": Peer("ours_numpy", "autograd", "ours"),
    "ours, native": Peer("ours_native", "autograd", "ours"),
    "ours, nn": Peer("layers", "autograd", "ours"),
    "numpy": Peer("hand", "numpy", "ours"),
    "products": Peer("products", "numpy", "ours"),
    "torch": Peer("pytorch", "torch", "peers"),
    "torch, lean": Peer("pytorch_lean", "torch", "peers"),
    "torch, compiled": Peer("pytorch_compiled", "torch", "peers"),
    "hips": Peer("hips", "autograd", "hips"),
    "mygrad": Peer("mygrad", "mygrad", "peers"),
    "micrograd": Peer("micrograd", "micrograd", "peers"),
    "jax": Peer("jax", "jax", "peers"),
    "tinygrad": Peer("tinygrad", "tinygrad", "peers"),
    "sklearn": Peer("scikit", "scikit-learn", "peers"),
    "keras, torch": Peer("keras_torch", "keras", "peers"),
    "keras, jax": Peer("keras_jax", "keras", "peers"),
    "keras, tf": Peer("keras_tensorflow", "keras", "peers"),
    "ours, checker": Peer("ours_checker", "autograd", "ours"),
    "torch, checker": Peer("pytorch_checker", "torch", "peers"),
    "jax, checker": Peer("jax_checker", "jax", "peers"),
    "hips, checker": Peer("hips_checker", "autograd", "hips"),
}

LIMITS: Final = frozenset({"numpy", "products"})  # no libraries, but what is left to gain


def is_rival(name: str) -> bool:
    """Return whether a library is another one: not ours, and no limit."""
    return name not in LIMITS and name.partition(",")[0] != "ours"


class Unavailable(Exception):
    """A library cannot be measured; the message says why."""


@dataclass(frozen=True)
class Interpreters:
    """The Python that each kind of library is installed for."""

    ours: str = sys.executable
    peers: str = sys.executable
    hips: str = str(HIPS_ENVIRONMENT)

    def run(
        self, script: str, *arguments: str, variables: dict[str, str] | None = None, **options: Any
    ) -> subprocess.Popen[str]:
        """Start one of our scripts in a process of its own, with nothing of ours on its path.

        The last argument is the place, which says with which interpreter. Bytecode is kept, as of what is installed.
        """
        environment = os.environ | (variables or {})
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        python = getattr(self, arguments[-1])
        command = [python, "-P", str(ROOT / "benchmarks" / script), *arguments]
        try:
            return subprocess.Popen(
                command, stdout=subprocess.PIPE, text=True, cwd=ROOT.anchor, env=environment, **options
            )
        except OSError:
            raise Unavailable(f"there is no interpreter at {python}") from None


class Worker:
    """A process that has loaded one library and waits for orders."""

    def __init__(self, name: str, interpreters: Interpreters, variables: dict[str, str] | None = None) -> None:
        peer = PEERS[name]
        self._process = interpreters.run("_worker.py", *peer, stdin=subprocess.PIPE, variables=variables)
        try:
            self.version: str = self._reply()
        except Unavailable:
            self.close()
            raise

    def ask(self, do: str, **order: Any) -> Any:
        """Give an order and wait for its result. Raises Unavailable if the library cannot do it."""
        assert self._process.stdin is not None
        try:
            print(json.dumps({"do": do, **order}), file=self._process.stdin, flush=True)
        except OSError:
            raise Unavailable("its process has ended") from None
        return self._reply()

    def _reply(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise Unavailable(f"its process ended with code {self._process.wait()}")
        reply = json.loads(line)
        if "error" in reply:
            raise Unavailable(reply["error"])
        return reply["result"]

    @property
    def ended(self) -> bool:
        """Whether the process is no more."""
        return self._process.poll() is not None

    def signal(self, number: int) -> None:
        """Send the process a signal."""
        self._process.send_signal(number)

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None and self._process.stdout is not None
        with suppress(OSError):  # it has ended by itself
            self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


@contextmanager
def alone(worker: Worker, workers: Iterable[Worker]) -> Iterator[None]:
    """Stop all other workers meanwhile: the threads of BLAS libraries go on spinning after their last product."""
    others = [other for other in workers if other is not worker] if hasattr(signal, "SIGSTOP") else []
    for other in others:
        other.signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for other in others:
            other.signal(signal.SIGCONT)


@dataclass
class Settings:
    """How to measure, and with whom; and what has been learnt of the libraries on the way."""

    interpreters: Interpreters = field(default_factory=Interpreters)
    against: frozenset[str] = frozenset(PEERS)
    quick: bool = False
    versions: dict[str, str] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)

    def chosen(self, peers: tuple[str, ...]) -> list[str]:
        """Return ours and those of `peers` that are wanted."""
        return ["ours", *(name for name in peers if name in self.against and name != "ours")]

    def start(self, name: str, variables: dict[str, str] | None = None) -> Worker:
        """Start a worker. Raises Unavailable, at once for a library that was missing before."""
        if name in self.missing:
            raise Unavailable(self.missing[name])
        try:
            worker = Worker(name, self.interpreters, variables)
        except Unavailable as error:
            self.missing[name] = str(error)
            raise
        self.versions[name] = worker.version
        return worker


class Crew:
    """Workers that stay alive from case to case; one that has ended is started anew."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._workers: dict[str, Worker] = {}

    def worker(self, name: str) -> Worker:
        """Return the worker of a library. Raises Unavailable where there is none."""
        if name in self._workers and self._workers[name].ended:
            self._workers.pop(name).close()
        if name not in self._workers:
            self._workers[name] = self._settings.start(name)
        return self._workers[name]

    def rest(self) -> None:
        """Let all workers forget their tasks, and the memory these hold."""
        for worker in self._workers.values():
            with suppress(Unavailable):
                worker.ask("let_go")

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for worker in self._workers.values():
            worker.close()
