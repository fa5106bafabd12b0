"""How log lines leave the process: by the system call, past the buffer and the lock of `sys.stderr`.

Rules:
- A thread that is stuck writing to a pipe that nobody reads holds no lock: at its end the process would wait for that lock for ever,
  since the interpreter flushes the standard streams.
- If several processes write to one pipe, each line stays whole: the system writes up to `PIPE_BUF` bytes in one piece.
"""

import os
import select
from collections.abc import Sequence
from typing import TextIO

PIECE_BYTES = select.PIPE_BUF
"""How much a pipe takes in one piece, whoever else writes to it."""


class LogOutput:
    """Writes lines.

    Args:
        stream: where to write; one without a file descriptor is written to by its own methods.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        try:
            self._descriptor = stream.fileno()
        except (AttributeError, OSError, ValueError):
            self._descriptor = -1
        self._torn = False
        """Whether the last line was cut by a full disk: once there is room, the next must not be glued to it."""

    def pieces(self, lines: Sequence[str]) -> list[list[str]]:
        """Group the lines, so that each group can be written in one piece."""
        if self._descriptor < 0:
            return [[*lines]]
        pieces: list[list[str]] = []
        left = 0
        for line in lines:
            size = len(self._encoded(line)) + 1
            if not pieces or size > left:
                pieces.append([])
                left = PIECE_BYTES
            pieces[-1].append(line)
            left -= size
        return pieces

    def write(self, lines: Sequence[str]) -> None:
        """Write the lines; wait if nobody reads.

        Raises:
            OSError: they cannot be written.
        """
        text = "\n".join(lines) + "\n"
        if self._descriptor < 0:
            self._stream.write(text)
            self._stream.flush()
            return
        data = b"\n" * self._torn + self._encoded(text)
        while data:
            try:
                written = os.write(self._descriptor, data)
            except BlockingIOError:  # another process has made the shared pipe non-blocking
                select.select((), (self._descriptor,), ())
                continue
            self._torn = data[written - 1 : written] != b"\n"
            data = data[written:]

    def _encoded(self, text: str) -> bytes:
        return text.encode(self._stream.encoding or "utf-8", "backslashreplace")
