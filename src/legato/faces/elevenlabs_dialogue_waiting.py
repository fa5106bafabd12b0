"""Turns of ElevenLabs' text-to-dialogue that wait until the session has room for them: a script is sent faster than it sounds.

Rules:
- A turn for which there is no room is held with all that is said of it; the first that came is the first to go.
- What is held is bounded. Text above the bound is refused whole, by name; so is one turn too many.
- The end of the client's messages waits for the turns that are held.
"""

from collections.abc import Collection, Sequence

from legato.domain import events
from legato.domain.errors import Reason, SpeechError

_MOST_HELD = 1_000
"""Turns that may be held."""
_MOST_CHARS = 50_000
"""What their texts may have together; a message without text counts as one character."""


class WaitingTurns:
    """What a client has said that the session has not been told yet.

    Args:
        most: turns that the session takes at once.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._open: set[str] = set()
        self._held: dict[str, list[events.ClientEvent]] = {}
        self._chars = 0
        self._closes = False

    def passed(self, said: Sequence[events.ClientEvent]) -> Sequence[events.ClientEvent]:
        """Return what may go now; keep the rest."""
        passed: list[events.ClientEvent] = []
        refused: set[str] = set()
        for event in said:
            name = getattr(event, "utterance_id", "")
            if isinstance(event, events.Begin) and (self._held or len(self._open) >= self._most):
                if len(self._held) < _MOST_HELD:
                    self._held[name] = [event]
                else:
                    # The session has never heard of it: the rest of it would begin another one.
                    refused.add(name)
                    passed.append(_refused(Reason.TOO_MANY_UTTERANCES, name))
            elif name in self._held:
                passed += self._hold(name, event)
            elif isinstance(event, events.HalfClosed) and self._held:
                self._closes = True
            elif name not in refused:
                if isinstance(event, events.Begin):
                    self._open.add(name)
                passed.append(event)
        return passed

    def ended(self, name: str) -> None:
        """Make room: this turn has ended, or was refused."""
        self._open.discard(name)

    def forget(self, names: Collection[str]) -> Collection[str]:
        """Drop those of these turns that are held; return their names."""
        held = [name for name in names if name in self._held]
        for name in held:
            self._chars -= _chars(self._held.pop(name))
        return held

    def due(self) -> Sequence[events.ClientEvent]:
        """Return what may go now of what was held."""
        due: list[events.ClientEvent] = []
        while self._held and len(self._open) < self._most:
            name = next(iter(self._held))
            said = self._held.pop(name)
            self._chars -= _chars(said)
            self._open.add(name)
            due += said
        if self._closes and not self._held:
            self._closes = False
            due.append(events.HalfClosed())
        return due

    def _hold(self, name: str, event: events.ClientEvent) -> Sequence[events.ClientEvent]:
        chars = _chars((event,))
        if self._chars + chars > _MOST_CHARS:
            return (_refused(Reason.TEXT_TOO_LONG, name),)
        self._chars += chars
        self._held[name].append(event)
        return ()


def _refused(reason: Reason, name: str) -> events.Refused:
    told = f"at most {_MOST_HELD} turns may wait to be spoken, with at most {_MOST_CHARS} characters"
    return events.Refused(SpeechError(reason, told, utterance_id=name))


def _chars(said: Sequence[events.ClientEvent]) -> int:
    """The characters of these events; their end is always taken."""
    return sum(
        len(event.text) or 1 if isinstance(event, events.Text) else isinstance(event, events.Flush)
        for event in said
    )
