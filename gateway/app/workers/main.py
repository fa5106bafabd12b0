"""What runs in a worker's process."""

import asyncio
import sys
from collections.abc import Mapping

import uvloop

from gateway.app.config.settings import Settings
from gateway.app.link.link import ParentGoneError
from gateway.app.link.post import Post
from gateway.app.process import raise_file_limit, take_turns
from gateway.app.serve import CannotServeError, serve
from gateway.telemetry.logs import Logs, logger


def work(settings: Settings, env: Mapping[str, str], post: Post) -> None:
    """Run a worker from start to end, on uvloop.

    Args:
        settings: the settings of this worker.
        env: for secrets and the standard `OTEL_*` variables.
        post: its post.
    """
    # Signals are blocked in the process that this one was forked from, and so in this one, until it handles them.
    with Logs(settings.logging.level, settings.logging.format, worker=post.number) as logs:
        take_turns()
        _, files = raise_file_limit()
        logger("legato.serve").debug("worker begun", files=files)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            try:
                runner.run(serve(settings, env, logs, post))
            except CannotServeError as error:
                sys.exit(f"Error: {error}")
            except ParentGoneError as error:
                logger("legato.serve").warning("this worker's parent cannot be reached", why=str(error))
                sys.exit(1)
