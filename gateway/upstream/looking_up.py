"""The addresses of a vendor's host.

Rules:
- A look-up that hangs holds up nothing else, not even the end of the process: each has a thread of its own, which is simply abandoned.
  The names of one broken resolver would take up all of the loop's few shared threads, and healthy vendors would not be found.
- An address is not looked up.
"""

import asyncio
import contextlib
import ipaddress
import socket
import threading
from collections.abc import Sequence
from typing import Any

Address = Any
"""In the form of its family: a pair or a quadruple."""
Found = tuple[int, int, int, str, Address]
"""Family, kind, protocol, canonical name, address."""


async def look_up(host: str, port: int) -> Sequence[Found]:
    """The addresses of a host, in the order that the system prefers.

    Raises:
        OSError: it has no address, no resolver answers, or no thread can be started to ask one.
    """
    if _is_address(host):
        return _asked(host, port, socket.AI_NUMERICHOST)
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Sequence[Found]] = loop.create_future()

    def ask() -> None:
        found: Sequence[Found] | OSError
        try:
            found = _asked(host, port)
        except OSError as error:
            found = error
        with contextlib.suppress(RuntimeError):  # the loop is gone
            loop.call_soon_threadsafe(_tell, answer, found)

    try:
        threading.Thread(target=ask, name="look-up", daemon=True).start()
    except RuntimeError as error:  # a limit of the user or the container
        raise OSError(f"the host cannot be looked up: {error}") from None
    return await answer


def _asked(host: str, port: int, flags: int = 0) -> Sequence[Found]:
    try:
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
    except ValueError:  # of what cannot be encoded
        raise OSError("this is not a valid host name") from None
    except OverflowError:
        raise OSError("this is not a valid port") from None


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _tell(answer: "asyncio.Future[Sequence[Found]]", found: Sequence[Found] | OSError) -> None:
    if answer.done():
        return  # nobody waits any more
    if isinstance(found, OSError):
        answer.set_exception(found)
    else:
        answer.set_result(found)
