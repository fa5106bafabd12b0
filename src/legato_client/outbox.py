"""The commands that no wire has taken yet, in order, and their total weight."""

from collections import deque
from collections.abc import Iterable

from legato.domain.events import Text
from legato_client.bounds import Level
from legato_client.requests import Command

_COMMAND_WEIGHT = 16


class Outbox:
    """Commands on their way out. Those of utterances that wait for another connection only count by weight.

    Args:
        high_mark: weight, in characters, at which there is no more room.
    """

    def __init__(self, high_mark: int) -> None:
        self._level = Level(high_mark)
        self._commands: deque[Command] = deque()

    def __len__(self) -> int:
        return len(self._commands)

    @property
    def room(self) -> bool:
        """Whether more may be put in without piling up."""
        return not self._level.high

    def put(self, command: Command) -> None:
        """Append a command."""
        self._commands.append(command)
        self._level.rise(_weight(command))

    def take(self) -> Command | None:
        """Take out the next command, if there is one."""
        if not self._commands:
            return None
        command = self._commands.popleft()
        self._level.fall(_weight(command))
        return command

    def hold(self, commands: Iterable[Command]) -> None:
        """Count the weight of commands that are kept elsewhere."""
        self._level.rise(sum(map(_weight, commands)))

    def unhold(self, commands: Iterable[Command]) -> None:
        """Count commands that were kept elsewhere no longer."""
        self._level.fall(sum(map(_weight, commands)))

    def purge(self, utterance_id: str) -> None:
        """Remove the commands that concern this utterance."""
        kept = [command for command in self._commands if getattr(command, "utterance_id", "") != utterance_id]
        self._level.fall(sum(map(_weight, self._commands)) - sum(map(_weight, kept)))
        self._commands = deque(kept)

    def empty(self) -> list[Command]:
        """Take out all commands, and no longer count those that were held."""
        commands = list(self._commands)
        self._commands.clear()
        self._level.reset()
        return commands


def _weight(command: Command) -> int:
    return _COMMAND_WEIGHT + (len(command.text) if isinstance(command, Text) else 0)
