"""The wire libraries often log a client's mistake as an error: it is logged at INFO here, so that an ERROR is a fault of ours."""

import asyncio
import logging
import traceback
from collections.abc import Callable
from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError


class PicowsLog(logging.LoggerAdapter[logging.Logger]):
    """The log of picows: its `error` means a client's mistake, its `exception` a fault of ours.

    Args:
        logger: gets the records.
        refused: called at a client's mistake: picows then hangs up, and tells nobody else.
    """

    def __init__(self, logger: logging.Logger, refused: Callable[[], None]) -> None:
        super().__init__(logger)
        self._refused = refused

    def error(self, msg: object, *args: object, **kwargs: Any) -> None:  # noqa: ANN401 the adapter's own signature
        """Log a client's mistake."""
        self.info(msg, *args, **kwargs)
        self._refused()

    def exception(self, msg: object, *args: object, exc_info: Any = True, **kwargs: Any) -> None:  # noqa: ANN401 the adapter's own signature
        """Log an exception of ours."""
        self.log(logging.ERROR, msg, *args, exc_info=exc_info, **kwargs)


class AiohttpLog(logging.LoggerAdapter[logging.Logger]):
    """The log of aiohttp: a request or a body that does not parse is a client's mistake, and one that ends too late is nobody's."""

    def exception(self, msg: object, *args: object, exc_info: Any = True, **kwargs: Any) -> None:  # noqa: ANN401 the adapter's own signature
        """Log a client's mistake, or an exception of ours."""
        if isinstance(exc_info, HttpProcessingError | web.RequestPayloadError):
            self.info(msg, *args, **kwargs)
        elif _is_late_end(exc_info):
            self.info("a request ended just when the time for that was over")
        else:
            self.error(msg, *args, exc_info=exc_info, **kwargs)


def _is_late_end(error: object) -> bool:
    """Whether a handler ended in the turn of the loop in which `shutdown` gave it up.

    aiohttp 3.14 then sets the result of a future that its time-out has just cancelled; it closes the connection next, in either case.
    """
    if not isinstance(error, asyncio.InvalidStateError):
        return False
    frames = traceback.extract_tb(error.__traceback__)
    return bool(frames) and frames[-1].name == "_handle_request"
