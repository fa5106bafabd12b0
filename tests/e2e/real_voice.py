"""The simulator's real voice, for tests that simulate vendors in their own process."""

import contextlib

from gateway.app.commands.simulate import _espeak


@contextlib.asynccontextmanager
async def espeak():
    """Run espeak in its process; its folder goes with the context."""
    with contextlib.ExitStack() as leftovers:
        async with _espeak(leftovers) as voice:
            yield voice
