"""What a worker and its parent tell one another, and how it is written: a JSON object whose `is` names the kind.

An account is a provider's name.
"""

from collections.abc import Mapping

import orjson

from legato.domain.values import value

# --- a worker to its parent


@value
class Hello:
    """The first message of a worker.

    Args:
        worker: its number.
        pid: id of its process.
    """

    worker: int
    pid: int


@value
class Listening:
    """Its ports are open."""


@value
class Ready:
    """New streams are welcome there."""


@value
class EngineHangs:
    """The engine process, which the parent started and replaces, no longer answers."""


@value
class Here:
    """The answer to a `Knock`."""


@value
class OpenAccount:
    """It uses this credential.

    Args:
        limit: runs that the credential allows at once; 0 for no limit.
    """

    account: str
    limit: int


@value
class AskSeat:
    """One more seat is needed."""

    account: str


@value
class GiveBack:
    """Seats are no longer needed."""

    account: str
    seats: int


@value
class Refused:
    """The vendor has refused a run for being one too many.

    Args:
        retry_after_s: how long it asks to wait; `None` if it does not say.
    """

    account: str
    retry_after_s: float | None


@value
class Renewed:
    """The credential is another one."""

    account: str


FromBorrower = OpenAccount | AskSeat | GiveBack | Refused | Renewed
FromWorker = Hello | Listening | Ready | EngineHangs | Here | FromBorrower

# --- the parent to a worker


@value
class Lent:
    """One more seat."""

    account: str


@value
class Recall:
    """A seat is wanted back.

    Args:
        urgent: whether somebody waits for it.
    """

    account: str
    urgent: bool


@value
class Pause:
    """The vendor has refused a run of another worker, and asks to wait."""

    account: str
    pause_s: float


@value
class SetRoute:
    """An operator has ordered this of a route ("provider/voice")."""

    route: str
    action: str


@value
class SetLevel:
    """An operator has set the level of the log."""

    level: str


@value
class Knock:
    """Are you there?"""


@value
class Leave:
    """Finish what is being said, and leave.

    Args:
        all: whether all workers do; if not, this one alone.
    """

    all: bool


ToBorrower = Lent | Recall | Pause
Order = SetRoute | SetLevel
"""Orders stand: workers that come later are given them as well."""
FromParent = ToBorrower | Order | Knock | Leave

# --- on the wire

Message = FromWorker | FromParent
_KINDS: Mapping[str, type[Message]] = {
    "hello": Hello,
    "listening": Listening,
    "ready": Ready,
    "engine hangs": EngineHangs,
    "here": Here,
    "open": OpenAccount,
    "ask": AskSeat,
    "back": GiveBack,
    "refused": Refused,
    "renewed": Renewed,
    "lent": Lent,
    "recall": Recall,
    "pause": Pause,
    "route": SetRoute,
    "level": SetLevel,
    "knock": Knock,
    "leave": Leave,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


def encode(message: Message) -> bytes:
    """Return a message as it is written, without a line break."""
    fields = {name: getattr(message, name) for name in message.__match_args__}
    return orjson.dumps({"is": _NAMES[type(message)], **fields})


def decode(data: bytes) -> Message:
    """Return the message that was written.

    Raises:
        ValueError: this is no JSON.
        KeyError: there is no such message.
        TypeError: it has other fields, or this is no object.
    """
    fields = orjson.loads(data)
    kind = _KINDS[fields["is"]]
    del fields["is"]
    return kind(**fields)
