"""The tracks that the program has paused, as the gateway counts them: a new connection must be told, but of no pause that is over."""

import math
from collections.abc import Iterable

from legato.domain.events import Cancel
from legato.domain.replies import Opened
from legato_client.record import UtteranceRecord


class Pauses:
    """The paused tracks.

    A pause ends with a `Resume`, with a `Cancel` that leaves nothing on its track, and when it has lasted as long as the gateway
    allows.
    """

    def __init__(self) -> None:
        self._since: dict[int, float] = {}

    def pause(self, track: int) -> None:
        """The program pauses a track."""
        self._since.setdefault(track, math.inf)

    def resume(self, track: int) -> None:
        """The program resumes a track."""
        self._since.pop(track, None)

    def sent(self, track: int, now: float, opened: Opened | None) -> None:
        """A `Pause` is being sent. It begins a pause unless one is under way."""
        since = self._since.get(track)
        if since is not None and (since > now or _is_over(since, now, opened)):
            self._since[track] = now

    def cut(self, cancel: Cancel, records: Iterable[UtteranceRecord]) -> None:
        """A cancel is told; what replaces all others of a track counts as one.

        Args:
            cancel: the cancel.
            records: every open utterance.
        """
        tracks = set(self._since) if cancel.track is None else {cancel.track}
        if cancel.utterance_id:
            tracks = {record.begin.track for record in records if record.is_cut_by(cancel)}
        left = {record.begin.track for record in records if not record.is_cut_by(cancel)}
        for track in tracks - left:
            self._since.pop(track, None)

    def retold(self, now: float, opened: Opened | None) -> list[int]:
        """The tracks that are still paused, in order, of which a new connection is told."""
        paused = sorted(track for track, since in self._since.items() if not _is_over(since, now, opened))
        self._since = dict.fromkeys(paused, math.inf)
        return paused


def _is_over(since: float, now: float, opened: Opened | None) -> bool:
    return opened is not None and now - since >= opened.limits.pause_max_ms / 1000
