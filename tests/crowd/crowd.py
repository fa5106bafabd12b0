"""The crowd: clients, each with one conversation after another, all decided by the seed."""

import asyncio
import itertools
import math
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.crowd.dialects import DIALECTS
from tests.crowd.native import WIRES, Conversation
from tests.crowd.native_oracle import Terms
from tests.crowd.oracle import MOST_SEAMS, Fate, Spoken, too_many_missed, wrong_with
from tests.crowd.stage import SIMULATED, Stage
from tests.crowd.texts import REPEATED_SHARE, numbers

FACES = (*WIRES, *DIALECTS)
_LONGEST_S = 60.0
_PAUSE_S = 0.5
_DRAIN_AFTER_S = 1.5
_LAST = 1_000_000
"""Number of every client's last conversation."""
_ON_ITS_WAY_S = 0.5
"""What was sent this long before SIGTERM has been read before it."""


@dataclass
class Findings:
    """What was found.

    Args:
        wrong: violations, each with the conversation that it was found in.
        held: conversations by face.
        spoken: utterances by fate.
        missed: words that were not heard, and that an estimate may have taken for said, each with its conversation.
    """

    wrong: list[str] = field(default_factory=list)
    held: Counter[str] = field(default_factory=Counter)
    spoken: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)

    @property
    def utterances(self) -> int:
        """How many were judged."""
        return sum(self.spoken[one] for one in ("utterance_started", *Fate))


@dataclass(frozen=True)
class Plan:
    """What a run is made of: with the same plan, every client does the same."""

    seed: int
    seconds: float
    clients: Sequence[int]
    faces: tuple[str, ...]
    faults: bool
    cache: bool = False
    """Whether the gateway has an audio cache."""
    voices: tuple[str, ...] = SIMULATED
    repeated: float = REPEATED_SHARE
    """How many texts are some that come often, as a share."""


class Crowd:
    """The clients of a plan.

    Args:
        stage: whom they talk to.
        plan: what they do.
        told: is given each violation when it is found.
    """

    def __init__(self, stage: Stage, plan: Plan, told: Callable[[str], None]) -> None:
        self._stage, self._plan, self._told = stage, plan, told
        self._disturbed = -1.0
        self._drained = 0.0
        self.findings = Findings()

    def found(self, wrong: Sequence[str], where: str = "") -> None:
        """Add violations."""
        for one in wrong:
            self.findings.wrong.append(f"{where}{one}")
            self._told(f"{where}{one}")

    async def talk(self) -> None:
        """Let every client hold one conversation after another, for as long as the plan says."""
        until = _now() + self._plan.seconds

        async def client(number: int) -> None:
            for conversation in itertools.count():
                await self._hold(number, conversation)
                if _now() > until:
                    return

        async with asyncio.TaskGroup() as tasks:
            for number in self._plan.clients:
                tasks.create_task(client(number))
            if self._plan.faults and self._stage.workers > 1:
                await asyncio.sleep(self._plan.seconds / 2)
                self._disturbed = math.inf
                await asyncio.to_thread(self._stage.kill_worker)
                self._disturbed = _now()

    async def leave(self) -> None:
        """Let every client hold a last conversation, and end the gateway in the middle of them."""
        async with asyncio.TaskGroup() as tasks:
            for number in self._plan.clients:
                tasks.create_task(self._hold(number, _LAST))
            await asyncio.sleep(_DRAIN_AFTER_S)
            self._disturbed = self._drained = _now()
            self._stage.drain()
        self.found(await self._stage.drained())

    async def _hold(self, number: int, conversation: int) -> None:
        seed = f"{self._plan.seed} {number} {conversation}"
        chance = random.Random(seed)
        await asyncio.sleep(chance.random() * _PAUSE_S)
        face = self._plan.faces[(number + conversation) % len(self._plan.faces)]
        hold = self._native if face in WIRES else self._dialect
        wrong, missed = await hold(face, seed, _now())
        self.findings.held[face] += 1
        where = f"client {number}, conversation {conversation} ({face}): "
        self.findings.missed += [f"{where}{one}" for one in missed]
        self.found(wrong, where)

    async def _native(self, face: str, seed: str, began: float) -> tuple[list[str], list[str]]:
        conversation = Conversation(self._stage, face, seed)
        over, wrong = True, []
        try:
            async with asyncio.timeout(_LONGEST_S):
                over = await conversation()
        except Exception as error:  # noqa: BLE001 - what was heard until then is judged as well
            wrong = [_reason(error)]
        disturbed = self._disturbed >= began
        self.findings.spoken.update(message.WhichOneof("response") for message in conversation.heard)
        promised = -math.inf if conversation.slow else self._drained - _ON_ITS_WAY_S
        terms = Terms(stayed=over, faults=self._plan.faults, disturbed=disturbed, promised=promised)
        return ([] if disturbed else wrong) + conversation.wrong(terms), terms.missed

    async def _dialect(self, face: str, seed: str, began: float) -> tuple[list[str], list[str]]:
        spoken: list[Spoken] = []
        wrong: list[str] = []
        try:
            async with asyncio.timeout(_LONGEST_S):
                await DIALECTS[face](self._stage, random.Random(seed), spoken)
        except Exception as error:  # noqa: BLE001 - as above
            wrong = [_reason(error)]
        if self._disturbed >= began:
            wrong = []
            for one in spoken:
                one.excuse()
        seams = MOST_SEAMS if self._plan.faults else 0
        for number, one in enumerate(spoken):
            self.findings.spoken[one.fate.value] += 1
            wrong += [f"utterance {number}, {one.asked}: {what}" for what in wrong_with(one, seams)]
        return wrong, [f"{one.asked}: {one.missed} of {numbers(one.text)}" for one in spoken if one.missed]


async def held(folder: Path, plan: Plan, workers: int, told: Callable[[str], None]) -> Findings:
    """Let a crowd talk to a gateway of its own; tell what is wrong when it is found.

    Args:
        folder: for configuration and logs.
        plan: what the crowd does.
        workers: how many processes the gateway has.
        told: is given each violation.
    """
    with Stage(folder, plan.seed, faults=plan.faults, workers=workers, cache=plan.cache) as stage:
        stage.voices, stage.repeated = plan.voices, plan.repeated
        files = stage.files()
        crowd = Crowd(stage, plan, told)
        await crowd.talk()
        crowd.found(await stage.rests(files))
        await crowd.leave()
    crowd.found(stage.log())
    crowd.found(too_many_missed(crowd.findings.missed, crowd.findings.utterances))
    return crowd.findings


def _now() -> float:
    return asyncio.get_running_loop().time()


def _reason(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return f"{type(error).__name__}: {error}"
