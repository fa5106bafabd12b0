"""Errors that come out of the tasks of a group, told as one of the caller's own."""

import contextlib
from collections.abc import Callable, Iterator
from typing import TypeVar

E = TypeVar("E", bound=Exception)


@contextlib.contextmanager
def told_as(tell: Callable[[E], Exception], *kinds: type[E]) -> Iterator[None]:
    """Where the work within fails with one of these, by itself or in a group, raise what is told of the first of them.

    It is raised behind the clause that finds it: what is raised within one comes out as a group, but for late releases of Python 3.11.

    Args:
        tell: makes the error of it.
        kinds: of errors; all others are raised as they are.
    """
    found: list[E] = []
    try:
        yield
    except* kinds as group:
        found.append(_first(group))
    if found:
        raise tell(found[0]) from None


def _first(group: BaseExceptionGroup[E]) -> E:
    first = group.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first
