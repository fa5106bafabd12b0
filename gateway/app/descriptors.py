"""Descriptors 0 to 2 of a process whose caller has closed them.

The next socket would be given one of their numbers, and libuv aborts when it closes one that small. So they lead nowhere instead.
"""

import os
import sys

_STANDARD = (("stdin", "r"), ("stdout", "w"), ("stderr", "w"))


def stand_in() -> None:
    """Open what is closed of standard input, output and error: nothing comes from it, and what is written to it is lost."""
    for number, (name, mode) in enumerate(_STANDARD):
        if not _is_open(number):
            # The lowest number that is free is given out: this one, since those below it are open by now.
            os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, os.fdopen(number, mode, encoding="utf-8", closefd=False))


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True
