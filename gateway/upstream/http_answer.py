"""One request under way, and its answer: held back until its turn, then reported as it comes.

Rules:
- What is held back is bounded: above the bound nothing more is read.
- An error before its turn is not reported: the request is made again.
- A redirect is an answer like any other: following it would take the key and the text to a place that nobody has configured.
- The body of a refusal is read for a moment at most: its head says enough, and a run that waited for the rest would be one that timed out.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable

from aiohttp import ClientError, ClientResponse, ClientSession
from yarl import URL

from legato.domain.errors import forget_where
from legato.domain.vendors import HttpRequest, ResponseHead

Tell = Callable[[bytes | ResponseHead], None]
_HELD_BYTES = 512 << 10
"""Some ten seconds of speech."""
_GOOD = range(200, 300)
_REFUSAL_S = 1.0
"""The body of a refusal usually comes with its head."""


class Answer:
    """An answer.

    Args:
        request: the request that it answers.
        reading: cleared while nothing is to be read.
    """

    def __init__(self, request: HttpRequest, reading: asyncio.Event) -> None:
        self.request = request
        self._reading = reading
        self._tell: Tell | None = None
        self._held: deque[bytes | ResponseHead] = deque()
        self._held_bytes = 0
        self._turn = asyncio.Event()
        self._done = asyncio.Event()
        self._error: OSError | ClientError | None = None
        self._head: ResponseHead | None = None
        self._is_dropped = False

    @property
    def is_good(self) -> bool:
        """Whether it has begun, with a success status."""
        return self._head is not None and self._head.status in _GOOD

    @property
    def is_spoilt(self) -> bool:
        """Whether it has failed, or was refused, before its turn: the vendor may not answer two requests at once."""
        return self._error is not None or (self._head is not None and not self.is_good)

    async def fetch(self, session: ClientSession, url: URL) -> None:
        """Make the request and read the answer to its end; an error is kept for `told` to raise."""
        request = self.request
        try:
            headers = dict(request.headers)
            try:
                asked = await session.post(url, data=request.body, headers=headers, allow_redirects=False)
            except ValueError:
                raise ClientError from None  # a header that cannot be sent; the message would show it
            async with asked as response:
                told = {name.lower(): value for name, value in response.headers.items()}
                await self._came(ResponseHead(response.status, told))
                if self._is_dropped:
                    return
                if self.is_good:
                    await self._read(response)
                else:
                    await self._read_some(response)
        except (OSError, ClientError) as error:
            forget_where(error)  # the library keeps it, too
            self._error = error
        except Exception:
            self._error = ClientError()  # a bug, here or in the library: what came is not the whole answer
            raise
        finally:
            self._done.set()

    def drop(self) -> None:
        """Read nothing more. Whoever hears the answer may close the connection meanwhile: the task is cancelled only where it next waits."""
        self._is_dropped = True

    async def told(self, tell: Tell) -> None:
        """Report what was held back, then what comes, and return at its end: its turn has come.

        Raises:
            OSError: the connection broke; also as aiohttp's `ClientError`.
        """
        self._tell = tell
        while self._held:
            tell(self._held.popleft())
            await self._reading.wait()
        self._turn.set()
        await self._done.wait()
        error, self._error = self._error, None
        if error is not None:
            try:
                raise error
            finally:
                del error  # it keeps this frame

    async def _read(self, response: ClientResponse) -> None:
        async for chunk in response.content.iter_any():
            await self._came(chunk)
            if self._is_dropped:
                return

    async def _read_some(self, response: ClientResponse) -> None:
        """Read a refusal, as far as it comes in time. The connection is closed if there is more of it."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_REFUSAL_S):
                await self._read(response)

    async def _came(self, frame: bytes | ResponseHead) -> None:
        if isinstance(frame, ResponseHead):
            self._head = frame
        else:
            self._held_bytes += len(frame)
        if not self._turn.is_set():
            self._held.append(frame)
            if self._tell is None and self._held_bytes < _HELD_BYTES:
                return
            await self._turn.wait()
            return
        assert self._tell is not None, "it has its turn"
        self._tell(frame)
        if frame is not self._head:
            await self._reading.wait()
