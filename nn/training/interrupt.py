"""Ctrl-C that waits for the end of a step."""

from __future__ import annotations

import signal
import threading
from types import FrameType
from typing import Any, Self


class Interruptible:
    """Between `busy = True` and `pause()` a Ctrl-C waits; anywhere else in the block it is raised at once.

    In other threads than the main one, and where somebody else handles the signal, it changes nothing. A second
    Ctrl-C does not wait.
    """

    def __init__(self) -> None:
        self.busy = False
        self._pressed = False
        self._installed = False

    def __enter__(self) -> Self:
        ours = threading.current_thread() is threading.main_thread()
        if ours and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, self._press)
            self._installed = True
        return self

    def __exit__(self, *_: object) -> None:
        self.busy = False
        if self._installed:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            self._installed = False

    def _press(self, signum: int, frame: FrameType | None) -> Any:
        if self.busy and not self._pressed:
            self._pressed = True
            return
        signal.default_int_handler(signum, frame)

    def pause(self) -> None:
        """End a step: raise KeyboardInterrupt if Ctrl-C was pressed during it."""
        self.busy = False
        if self._pressed:
            self._pressed = False
            raise KeyboardInterrupt("training was interrupted; the last step is complete")
