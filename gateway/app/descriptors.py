"""Stand-ins for descriptors 0 to 2, if the caller of the process has closed them.

Otherwise the next socket would get one of their numbers, and libuv aborts when it closes one that low. So they lead to /dev/null, also in
the processes that this one starts, such as workers.
"""

import os
import sys

_STANDARD = (("stdin", "r"), ("stdout", "w"), ("stderr", "w"))


def stand_in() -> None:
    """Open standard input, output and error if they are closed: nothing can be read, and what is written is lost."""
    for number, (name, mode) in enumerate(_STANDARD):
        if not _is_open(number):
            # The system assigns the lowest free number: this one, since those below it are open by now.
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # noqa: FBT003 - the library's own
            setattr(sys, name, os.fdopen(number, mode, encoding="utf-8", closefd=False))


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True
