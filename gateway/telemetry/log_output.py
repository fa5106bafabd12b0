"""Where log lines leave the process: by the system's own write, past the buffer and the lock of `sys.stderr`.

Rules:
- Who is stuck in a pipe that nobody reads holds no lock: the end of the process would wait for it for ever, since the interpreter
  flushes the standard streams.
- Several processes write to one pipe, and each line stays whole: the system takes up to `PIPE_BUF` bytes in one piece.
"""

import os
import select
from collections.abc import Sequence
from typing import TextIO

PIECE_BYTES = select.PIPE_BUF
"""What a pipe takes in one piece, whoever else writes to it."""


class LogOutput:
    """Writes lines.

    Args:
        stream: where to; one that is no file takes them itself.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        try:
            self._descriptor = stream.fileno()
        except (AttributeError, OSError, ValueError):
            self._descriptor = -1

    def pieces(self, lines: Sequence[str]) -> list[list[str]]:
        """The lines in groups, each of which is written in one."""
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
        """Writes them; waits where nobody reads.

        Raises:
            OSError: it cannot be done.
        """
        text = "\n".join(lines) + "\n"
        if self._descriptor < 0:
            self._stream.write(text)
            self._stream.flush()
            return
        data = self._encoded(text)
        while data:
            try:
                data = data[os.write(self._descriptor, data) :]
            except BlockingIOError:  # another process that has the same pipe wants it so
                select.select((), (self._descriptor,), ())

    def _encoded(self, text: str) -> bytes:
        return text.encode(self._stream.encoding or "utf-8", "backslashreplace")
