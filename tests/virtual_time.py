"""A loop with virtual time: it jumps to whatever is due next, so that a minute takes no time. For code that waits only on timers, not on sockets."""

import asyncio
import functools
import selectors


class _Jumping(selectors.DefaultSelector):
    def __init__(self):
        super().__init__()
        self.now = 0.0

    def select(self, timeout=None):
        ready = super().select(0)
        if ready or not timeout:
            return ready or (super().select(None) if timeout is None else [])
        self.now += timeout
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self):
        self._jumping = _Jumping()
        super().__init__(self._jumping)

    def time(self):
        return self._jumping.now

    def stand_still(self, seconds):
        """Advance the time without running anything, as if the loop were blocked."""
        self._jumping.now += seconds


def played(play):
    """Run a coroutine function in virtual time; return what it returns."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(play())


def on_virtual_time(test):
    """Decorate a test to run in virtual time, on a loop of its own."""

    @functools.wraps(test)
    def on_a_loop_of_its_own(*given, **fixtures):
        played(functools.partial(test, *given, **fixtures))

    return on_a_loop_of_its_own
