"""Recordings as the core sees them: a line that repeats one says its script, and no other text. Pure.

Rules:
1. A script is the wordings of requests, in order; a run on such a line makes just these requests.
2. Text that does not go on like the script ends the run; the next run is asked for with it.
"""

from collections.abc import Iterable, Iterator
from itertools import islice

from legato.core.batching import joinable, joined
from legato.core.delivering import is_sent, readings_at
from legato.core.utterance import Run, Utterance
from legato.domain.speech import Route
from legato.domain.text import Segment, TextLevel, Wording

_MOST_OPENING = 32
"""Segments that are looked at for one request: more are hardly joined."""


def fitting(utterance: Utterance, run: Run) -> int:
    """How many of the waiting segments make the next request of the run's script; 0 if they do not."""
    if not run.script:
        return 0
    wanted = run.script[0]
    for size, wording in requests(
        opening(utterance), run.route, run.text_level, keeps_context=run.keeps_context
    ):
        if wording == wanted:
            return size
        if len(wording[0]) >= len(wanted[0]):
            return 0
    return 0


def opening(utterance: Utterance) -> tuple[Segment, ...]:
    """The waiting segments that the next request may begin with: none after a flush that is to be answered first."""
    return tuple(islice(utterance.unsaid, min(utterance.before_flush or _MOST_OPENING, _MOST_OPENING)))


def requests(
    waiting: Iterable[Segment], route: Route, level: TextLevel, *, keeps_context: bool
) -> Iterator[tuple[int, Wording]]:
    """Each request that waiting segments can begin with, the shortest first: how many of them it takes, and its wording.

    Args:
        waiting: the segments, in order.
        route: the route it would be sent on.
        level: the text level that is sent there.
        keeps_context: segments flow into each other there: each is a request.
    """
    sent: list[Segment] = []
    for size, segment in enumerate(joinable(waiting), 1):
        if not is_sent(route, segment, level):
            continue
        sent.append(segment)
        whole, _ = joined(readings_at(sent, level, route.takes.directions, keeps_context=keeps_context))
        yield size, whole.wording
        if keeps_context or not route.batch_chars:
            return
