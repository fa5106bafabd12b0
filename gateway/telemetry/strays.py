"""What would go to stderr past the log: exceptions that could not be raised, those that end threads, and Python's warnings.

Python writes them as text, with the message of the exception, which may quote what a user wrote. Here they become ordinary log lines.
"""

import logging
import sys
import threading
from types import TracebackType
from typing import Self

_LOG = logging.getLogger("legato.process")


class Strays:
    """Sends them to the log while the `with` block lasts."""

    def __enter__(self) -> Self:
        self._before = sys.unraisablehook, threading.excepthook
        sys.unraisablehook, threading.excepthook = _unraisable, _of_a_thread
        logging.captureWarnings(capture=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        logging.captureWarnings(capture=False)
        sys.unraisablehook, threading.excepthook = self._before


def _unraisable(stray: "sys.UnraisableHookArgs") -> None:
    # The object it was raised in is not named: its name may be somebody's text.
    _LOG.error("unraisable exception", exc_info=stray.exc_value)


def _of_a_thread(stray: threading.ExceptHookArgs) -> None:
    if stray.exc_type is not SystemExit:
        _LOG.error("exception that ended a thread", exc_info=stray.exc_value)
