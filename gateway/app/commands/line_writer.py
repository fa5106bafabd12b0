"""Lines for whoever reads a command's output, written by a thread of its own: nobody waits for a reader who is slow, or has gone."""

import queue
import threading
import time
from typing import TextIO

from gateway.telemetry.log_output import LogOutput

MOST_LINES = 10_000
CLOSE_S = 2.0


class LineWriter:
    """Writes lines in their order.

    Args:
        stream: where to write.
        most: lines that may wait to be read; more are lost.
    """

    def __init__(self, stream: TextIO, most: int = MOST_LINES) -> None:
        self._output = LogOutput(stream)
        self._lines: queue.Queue[str | None] = queue.Queue(most)
        self._thread = threading.Thread(target=self._work, name="lines", daemon=True)
        self.lost = 0
        """How many lines were lost because nobody read fast enough, or because they could not be written."""

    def first(self, line: str) -> None:
        """Write the first line at once, and take others from now on.

        Raises:
            OSError: it cannot be written.
        """
        self._output.write([line])
        self._thread.start()

    def write(self, line: str) -> None:
        """Write a line soon."""
        try:
            self._lines.put_nowait(line)
        except queue.Full:
            self.lost += 1

    def last(self, line: str, within_s: float = CLOSE_S) -> None:
        """Write the last line, if it and those before it are read in time."""
        deadline = time.monotonic() + within_s
        try:
            for one in (line, None):
                self._lines.put(one, timeout=max(0.0, deadline - time.monotonic()))
        except queue.Full:
            return
        self._thread.join(max(0.0, deadline - time.monotonic()))

    def _work(self) -> None:
        while (line := self._lines.get()) is not None:
            try:
                self._output.write([line])
            except OSError:
                self.lost += 1
