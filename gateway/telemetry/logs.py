"""Log lines on their way out: JSON for machines, text for people, written by a thread of their own.

The event loop only puts a record into a bounded queue; the thread renders what has gathered and writes it in one piece. A terminal or
pipe that is not read holds nobody up: it loses lines, which are counted. Libraries are logged from `warning` on, whatever the level:
below it they log what is on the wire.
"""

import logging
import queue
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from logging.handlers import QueueHandler, QueueListener
from types import TracebackType
from typing import Any, Self, TextIO, cast

import structlog
from structlog.typing import EventDict, Processor

from gateway.telemetry.log_output import LogOutput
from gateway.telemetry.log_rendering import name_exception, rendering
from gateway.telemetry.strays import Strays

OURS = ("gateway", "legato")
LEVELS = ("debug", "info", "warning", "error")
STOP_S = 2.0
"""How long to wait at the end for the lines to be read."""
_GATHER_S = 0.2
"""How long to gather lines before writing them: waking a thread for each one would cost more than the line."""

_MOST_LINES = 256
"""How many lines are written at once."""

_SHARED: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


_NOWHERE = vars(logging.makeLogRecord({"msecs": 0.0}))


class EventRecord(logging.LogRecord):
    """An event with its values, from `EventLogger`: no caller is looked up, and nothing is rendered yet.

    Args:
        name: name of the logger.
        level: number of the level.
        event: what happened.
        values: the rest of the line; must not be changed any more.
    """

    def __init__(self, name: str, level: int, event: str, values: dict[str, object]) -> None:
        self.__dict__.update(_NOWHERE)  # others' handlers expect all of these attributes
        self.name = name
        self.levelno = level
        self.levelname = logging.getLevelName(level)
        self.msg = event
        self.values = values
        self.created = time.time_ns() / 1e9

    def event_dict(self) -> EventDict:
        """Return the event as structlog's processors take it."""
        when = datetime.fromtimestamp(self.created, UTC).isoformat().removesuffix("+00:00")
        told = {"level": self.levelname.lower(), "logger": self.name, "timestamp": f"{when}Z"}
        return {**self.values, "event": self.msg, **told}


class EventLogger:
    """Writes events that come often, at a fraction of the cost of a structlog logger.

    Args:
        name: name of the logger whose level and handlers apply.
    """

    def __init__(self, name: str) -> None:
        self._logger = logging.getLogger(name)
        self.is_enabled_for: Callable[[int], bool] = self._logger.isEnabledFor
        """Whether a line of this level would be written."""

    def log(self, level: int, event: str, **values: object) -> None:
        """Write a line."""
        if self._logger.isEnabledFor(level):
            self._logger.handle(EventRecord(self._logger.name, level, event, values))


class Records:
    """Records on their way to the writer's thread, which is woken once for many.

    Args:
        most: records that may wait.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._records: deque[logging.LogRecord | None] = deque()
        self._some = threading.Event()
        self._end = threading.Event()

    @property
    def waiting(self) -> bool:
        """Whether `get` would return a record at once."""
        return bool(self._records) and self._records[0] is not None

    def put_nowait(self, record: logging.LogRecord, /) -> None:
        """Append a record.

        Raises:
            queue.Full: as many as may wait are waiting already.
        """
        if len(self._records) >= self._most:
            raise queue.Full
        self._records.append(record)
        if not self._some.is_set():
            self._some.set()

    def finish(self) -> None:
        """Nothing follows: append `None`, which ends the listener."""
        self._records.append(None)
        self._end.set()
        self._some.set()

    def get(self) -> logging.LogRecord | None:
        """Remove and return the oldest record, waiting for one. To be called by one thread only."""
        while not self._records:
            self._some.wait()
            self._end.wait(_GATHER_S)
            self._some.clear()
        return self._records.popleft()


class _QueueingHandler(QueueHandler):
    """Queues records as they are, and counts those for which there is no room. The formatter, which runs in the thread, renders them."""

    dropped = 0

    def handle(self, record: logging.LogRecord) -> bool:
        """Queue a record as it is, without a lock: the queue needs none."""
        self.enqueue(record)
        return True

    def enqueue(self, record: logging.LogRecord) -> None:
        """Queue a record, or count it as lost."""
        try:
            self.queue.put_nowait(record)
        except queue.Full:
            self.dropped += 1


class _WriterThread(QueueListener):
    """A listener that stops within a bounded time, even if nobody reads what is written."""

    def __init__(self, records: Records, handler: logging.Handler) -> None:
        super().__init__(records, handler)
        self._records = records

    def dequeue(self, block: bool) -> logging.LogRecord:  # noqa: FBT001 - as the listener declares it
        """Return the next record; `None` ends the thread."""
        del block
        return cast("logging.LogRecord", self._records.get())

    def stop(self) -> None:
        """Write what is queued, as far as it is read in time."""
        self._records.finish()
        if self._thread is not None:
            self._thread.join(STOP_S)


class _WritingHandler(logging.Handler):
    """Writes all lines that are ready in one piece.

    Args:
        output: where to write.
        records: the queue, in which more may wait.
    """

    def __init__(self, output: LogOutput, records: Records) -> None:
        super().__init__()
        self._output = output
        self._records = records
        self._lines: list[str] = []
        self.unwritten = 0

    def handle(self, record: logging.LogRecord) -> bool:
        """Take a record without the lock: only one thread does so, and the end of the process would wait for the lock's holder."""
        self.emit(record)
        return True

    def emit(self, record: logging.LogRecord) -> None:
        """Render a record; then write what there is, unless another record follows at once, even if this one cannot be rendered."""
        try:
            self._lines.append(self.format(record))
        except Exception:  # noqa: BLE001 - as in every handler: a line that cannot be rendered ends nothing
            self.handleError(record)
        if self._lines and (not self._records.waiting or len(self._lines) >= _MOST_LINES):
            self._write()

    def _write(self) -> None:
        lines, self._lines = self._lines, []
        for piece in self._output.pieces(lines):
            try:
                self._output.write(piece)
            except Exception:  # noqa: BLE001 - a line that cannot be written ends nothing, and there is nowhere to say so
                self.unwritten += len(piece)


class _Format(structlog.stdlib.ProcessorFormatter):
    """Renders lines from structlog, from libraries, and our own events.

    Args:
        processors: applied to all of them; the last one renders.
    """

    def __init__(self, processors: list[Processor]) -> None:
        meta = structlog.stdlib.ProcessorFormatter.remove_processors_meta
        super().__init__(processors=[meta, *processors], foreign_pre_chain=_SHARED)
        self._own = processors

    def format(self, record: logging.LogRecord) -> str:
        """Render a record as one line."""
        if not isinstance(record, EventRecord):
            return super().format(record)
        told: Any = record.event_dict()
        for process in self._own:
            told = process(None, record.levelname, told)
        return str(told)


class Logs:
    """All logging of the process, ours and the libraries', while the `with` block lasts.

    Args:
        level: one of `LEVELS`.
        style: `json`, `text`, or `auto`: text on a terminal, otherwise JSON.
        stream: where lines go.
        queued: lines that may wait to be written.
        worker: number of this process among several, shown in every line; 0 if it is alone.
    """

    def __init__(
        self,
        level: str,
        style: str = "auto",
        stream: TextIO | None = None,
        queued: int = 10_000,
        worker: int = 0,
    ) -> None:
        self._worker = worker
        self._stream = stream or sys.stderr
        self._level = _number(level)
        as_text = style == "text" or (style == "auto" and self._stream.isatty())
        records = Records(queued)
        self._queueing = _QueueingHandler(records)
        self._writing = _WritingHandler(LogOutput(self._stream), records)
        as_line = rendering(as_text=as_text, colours=self._stream.isatty())
        self._writing.setFormatter(_Format([name_exception, self._name_worker, as_line]))
        self._listener = _WriterThread(records, self._writing)
        self._levels: dict[str, int] = {}
        self._handlers: list[logging.Handler] = []
        self._strays = Strays()

    @property
    def level(self) -> str:
        """The current level: one of `LEVELS`."""
        return logging.getLevelName(self._level).lower()

    def set_level(self, level: str) -> None:
        """Set the level from now on.

        Args:
            level: one of `LEVELS`.

        Raises:
            ValueError: it is not one of them.
        """
        self._level = _number(level)
        self._apply()

    @property
    def dropped(self) -> int:
        """How many lines were lost because nobody read fast enough, or because they could not be written."""
        return self._queueing.dropped + self._writing.unwritten

    def __enter__(self) -> Self:
        root = logging.getLogger()
        self._handlers, root.handlers[:] = root.handlers[:], [self._queueing]
        self._levels = {name: logging.getLogger(name).level for name in ("", *OURS)}
        self._apply()
        self._listener.start()
        self._strays.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._strays.__exit__(kind, error, trace)
        self._listener.stop()
        logging.getLogger().handlers[:] = self._handlers
        for name, level in self._levels.items():
            logging.getLogger(name).setLevel(level)
        structlog.reset_defaults()

    def _apply(self) -> None:
        for name in OURS:
            logging.getLogger(name).setLevel(self._level)
        logging.getLogger().setLevel(max(self._level, logging.WARNING))
        # Loggers look this up for every line, so a new level applies at once.
        structlog.configure(
            processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
            logger_factory=structlog.stdlib.LoggerFactory(),
            wrapper_class=structlog.make_filtering_bound_logger(self._level),
        )

    def _name_worker(self, _: object, __: str, event: EventDict) -> EventDict:
        if self._worker:
            event.setdefault("worker", self._worker)
        return event


def _number(level: str) -> int:
    if level not in LEVELS:
        raise ValueError(f"unknown level {level!r}; expected one of {', '.join(LEVELS)}")
    return logging.getLevelNamesMapping()[level.upper()]


def logger(name: str, **values: object) -> structlog.typing.FilteringBoundLogger:
    """Return a logger whose lines all carry these values."""
    bound: structlog.typing.FilteringBoundLogger = structlog.get_logger(name, **values)
    return bound
