"""The crowd: clients, each with one conversation after another, all decided by the seed."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from tests.crowd.dialects import DIALECTS
from tests.crowd.native import WIRES, Conversation
from tests.crowd.oracle import MOST_TWICE, Spoken, wrong_with
from tests.crowd.stage import Stage

FACES = (*WIRES, *DIALECTS)
_LONGEST_S = 60.0


@dataclass
class Findings:
    """What was found.

    Args:
        wrong: violations, each with the conversation that it was found in.
        held: conversations by face.
        spoken: utterances by fate.
    """

    wrong: list[str] = field(default_factory=list)
    held: Counter[str] = field(default_factory=Counter)
    spoken: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Plan:
    """What a run is made of: with the same plan, every client does the same."""

    seed: int
    seconds: float
    clients: Sequence[int]
    faces: tuple[str, ...]
    faults: bool


async def crowd(stage: Stage, plan: Plan, told: Callable[[str], None]) -> Findings:
    """Let the clients of the plan talk; tell what is wrong when it is found."""
    findings = Findings()
    loop = asyncio.get_running_loop()
    until = loop.time() + plan.seconds

    async def client(number: int) -> None:
        conversation = 0
        while loop.time() < until:
            seed = f"{plan.seed} {number} {conversation}"
            chance = random.Random(seed)
            await asyncio.sleep(chance.random() * (1.0 if conversation == 0 else 0.2))
            face = chance.choice(plan.faces)
            wrong = await _bounded(_one(stage, plan, face, seed, findings))
            findings.held[face] += 1
            for one in wrong:
                findings.wrong.append(f"client {number}, conversation {conversation} ({face}): {one}")
                told(findings.wrong[-1])
            conversation += 1

    async with asyncio.TaskGroup() as clients:
        for number in plan.clients:
            clients.create_task(client(number))
    return findings


async def _bounded(one: Awaitable[list[str]]) -> list[str]:
    try:
        async with asyncio.timeout(_LONGEST_S):
            return await one
    except Exception as error:  # noqa: BLE001 - whatever goes wrong is told with its conversation
        return [_told(error)]


def _told(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return f"{type(error).__name__}: {error}"


async def _one(stage: Stage, plan: Plan, face: str, seed: str, findings: Findings) -> list[str]:
    if face in WIRES:
        conversation = Conversation(stage, face, seed, stage.voices)
        try:
            async with asyncio.timeout(_LONGEST_S - 5):
                over, wrong = await conversation(), []
        except Exception as error:  # noqa: BLE001 - as above; what was heard until then is judged too
            over, wrong = True, [_told(error)]
        findings.spoken.update(message.WhichOneof("response") for message in conversation.heard)
        return wrong + conversation.wrong(over=over, faults=plan.faults)
    spoken: list[Spoken] = []
    wrong = []
    try:
        await DIALECTS[face](stage, random.Random(seed), spoken)
    except Exception as error:  # noqa: BLE001 - as above
        wrong = [_told(error)]
    bearable = MOST_TWICE if plan.faults else 0
    for number, one in enumerate(spoken):
        findings.spoken[one.fate.value] += 1
        wrong += [f"utterance {number}: {what}" for what in wrong_with(one, bearable)]
    return wrong
