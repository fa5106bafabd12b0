"""Types of command-line arguments that argparse does not have."""

import argparse
import math
from collections.abc import Callable


def positive(kind: type[int] | type[float]) -> Callable[[str], float]:
    """Return a type of argument: a finite number above 0."""

    def number(given: str) -> float:
        value = kind(given)
        if not 0 < value < math.inf:
            raise argparse.ArgumentTypeError(f"expected a number above 0, got {given}")
        return value

    number.__name__ = kind.__name__  # what argparse names it by
    return number
