"""How long `import` takes in a fresh process that has imported NumPy already."""

from __future__ import annotations

from benchmarks.measure import Row, Subject, Target
from benchmarks.runner import main
from benchmarks.workers import PEERS, Settings, Unavailable

PACKAGES = {
    "ours": "autograd",
    "ours, nn": "nn",
    "torch": "torch",
    "jax": "jax",
    "hips": "autograd.numpy",
    "mygrad": "mygrad",
    "micrograd": "micrograd.engine",
}


def run(settings: Settings) -> list[Row]:
    """Import each library in turn, in new processes."""
    row = Row("import, above numpy", "ms", targets=(Target("value", 60.0), Target("value", 100.0, "ours, nn")))
    for _ in range(2 if settings.quick else 11):
        for name in settings.chosen(tuple(PACKAGES)):
            if name in row.skipped:
                continue
            try:
                seconds = _seconds(name, settings)
            except Unavailable as error:
                row.skipped[name] = str(error)
            else:
                row.rounds.setdefault(name, []).append(1e3 * seconds)
    return [row]


def _seconds(name: str, settings: Settings) -> float:
    process = settings.interpreters.run("_import_probe.py", PACKAGES[name], PEERS[name].place, stderr=-1)
    out, errors = process.communicate()
    if process.returncode:
        raise Unavailable(errors.strip().rpartition("\n")[2])
    return float(out)


SUBJECT = Subject("import_time", "Time of import in a fresh process", run)

if __name__ == "__main__":
    main((SUBJECT,))
