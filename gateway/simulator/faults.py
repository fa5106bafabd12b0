"""Decides which faults of the script fire where, counts how often each has fired, and draws those that have a share."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gateway.simulator.log import Entry, Log, Saw
from gateway.simulator.script import Fault, Moment


@dataclass(frozen=True, slots=True)
class Scene:
    """Where something happens.

    Args:
        vendor: which vendor is spoken to; empty if not known.
        connection: number of the connection.
        key: the client's key.
        utterance: number of the utterance; 0 for none.
        voice: the voice asked for.
    """

    vendor: str = ""
    connection: int = 0
    key: str = ""
    utterance: int = 0
    voice: str = ""


@dataclass(frozen=True, slots=True)
class Armed:
    """A fault that will fire in this scene at its moment."""

    number: int
    fault: Fault
    scene: Scene


class Injector:
    """The faults of one simulator.

    Args:
        faults: the script's faults.
        seed: for the random draws.
        log: records every fault that fires.
        fits: tells whether the vendor of this name can have this fault.
    """

    def __init__(
        self,
        faults: Sequence[Fault],
        seed: int,
        log: Log,
        fits: Callable[[Fault, str], bool] = lambda _, __: True,
    ) -> None:
        self._faults = list(faults)
        self._left = [fault.times for fault in faults]
        self._chance = random.Random(seed)  # noqa: S311 chances of a rehearsal, no secret # nosec B311
        self._log = log
        self._fits = fits

    def add(self, fault: Fault) -> int:
        """Add a fault.

        Returns:
            Its number in the log.
        """
        self._faults.append(fault)
        self._left.append(fault.times)
        return len(self._faults) - 1

    def armed(self, scene: Scene, *moments: Moment) -> list[Armed]:
        """The faults that will fire in this scene at one of these moments; draws the chance of each."""
        return [
            Armed(number, fault, scene)
            for number, fault in enumerate(self._faults)
            if fault.when.at in moments and self._is_left(number) and self._holds(fault, scene)
        ]

    def fire(self, armed: Armed) -> bool:
        """The moment of a fault has come.

        Returns:
            Whether it fires: not if it has fired elsewhere in the meantime as often as it may.
        """
        if not self._is_left(armed.number):
            return False
        fault, scene = armed.fault, armed.scene
        if fault.times:
            self._left[armed.number] -= 1
        self._log.add(
            Entry(
                Saw.FAULT,
                scene.vendor,
                scene.connection,
                scene.utterance,
                scene.voice,
                fault.when.value,
                armed.number,
                fault.when.at,
                fault.name,
            )
        )
        return True

    def _is_left(self, number: int) -> bool:
        return self._faults[number].times == 0 or self._left[number] > 0

    def _holds(self, fault: Fault, scene: Scene) -> bool:
        when = fault.when
        return (
            when.vendor in {"", scene.vendor}
            and self._fits(fault, scene.vendor)
            and when.connection in {None, scene.connection}
            and when.utterance in {None, scene.utterance}
            and when.key in {"", scene.key}
            and when.voice in {"", scene.voice}
            and (when.share is None or self._chance.random() < when.share)
        )
