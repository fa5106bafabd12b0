"""What a simulated vendor does, as YAML or JSON, checked by pydantic: its pace, its limits, its faults.

pace: {first_byte: {fast_ms: 80, slow_ms: 1500, slow_share: 0.03}, speed: 4, chunk_ms: 40}
word_times: late
faults:
  - when: {utterance: 2, at: word, value: 3}
    do: reset
  - when: {share: 0.1, at: dial}
    do: {http: 429, retry_after_s: 2}
    times: 0
"""

from pathlib import Path
from typing import Annotated, Literal, Self

import yaml
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationError,
    model_validator,
)

from legato.domain.errors import Reason

Milliseconds = Annotated[float, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Moment = Literal["dial", "begin", "first_byte", "ms", "byte", "word", "segment", "idle"]


class ScriptError(ValueError):
    """The script is invalid; the message says where and why."""


class Part(BaseModel):
    """A part of a script: immutable, without unknown fields or infinite numbers."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def _kind(said: str, *kinds: type[Part]) -> Discriminator:
    """Choose the variant by the field that is given, the first one if none is, so that a mistake yields one error and not one per variant."""
    of = {name: kind.__name__ for kind in kinds for name in kind.model_fields}

    def kind_of(value: object) -> str | None:
        if isinstance(value, Part):
            return type(value).__name__
        if value == {}:
            return kinds[0].__name__
        return next((of[name] for name in of if name in value), None) if isinstance(value, dict) else None

    return Discriminator(kind_of, custom_error_type="kind", custom_error_message=said)


class Constant(Part):
    """The first byte always takes the same time."""

    constant_ms: Milliseconds = 0.0


class Uniform(Part):
    """Uniformly distributed between two times."""

    low_ms: Milliseconds
    high_ms: Milliseconds

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.high_ms < self.low_ms:
            raise ValueError("high_ms must not be below low_ms")
        return self


class Bimodal(Part):
    """Fast, except for a share that is slow."""

    fast_ms: Milliseconds
    slow_ms: Milliseconds
    slow_share: Share


_PACES = "must be {constant_ms}, {low_ms, high_ms} or {fast_ms, slow_ms, slow_share}"


class Pace(Part):
    """How fast audio is sent.

    Args:
        first_byte: time from the text of a segment to its first audio.
        speed: times real time; 0 for all at once.
        chunk_ms: audio in a chunk.
        jitter_ms: a chunk is sent up to this much later than it should be.
    """

    first_byte: Annotated[
        Annotated[Constant, Tag("Constant")]
        | Annotated[Uniform, Tag("Uniform")]
        | Annotated[Bimodal, Tag("Bimodal")],
        _kind(_PACES, Constant, Uniform, Bimodal),
    ] = Constant()
    speed: Annotated[float, Field(ge=0)] = 4.0
    chunk_ms: Annotated[float, Field(ge=1)] = 40.0
    jitter_ms: Milliseconds = 0.0


class When(Part):
    """Where a fault fires. Every given condition must hold.

    Args:
        vendor: name of the dialect that the client speaks.
        connection: number of the connection, from 1.
        utterance: number of the utterance, from 1.
        share: the probability.
        key: the client's key.
        voice: what the client asked for, in the vendor's words.
        at: the moment.
        value: at which millisecond, byte, word or segment of the utterance's audio, or after how many milliseconds idle. A word or
            segment is counted as given before the fault: 3 means that three were whole.
    """

    vendor: str = ""
    connection: Annotated[int, Field(ge=1)] | None = None
    utterance: Annotated[int, Field(ge=1)] | None = None
    share: Share | None = None
    key: str = ""
    voice: str = ""
    at: Moment = "first_byte"
    value: Annotated[float, Field(ge=0)] = 0.0

    @model_validator(mode="after")
    def _knowable(self) -> Self:
        if self.at == "dial" and (self.voice or self.utterance is not None):
            raise ValueError("neither the voice nor the utterance is known at the dial")
        return self


class Delay(Part):
    """Everything pauses for a while."""

    delay_ms: Milliseconds


class Close(Part):
    """Send a close frame with this code and reason; an answer over plain HTTP is cut off."""

    close: Annotated[int, Field(ge=1000, le=4999)]
    reason: str = ""


class Refusal(Part):
    """Answer with an HTTP error in the vendor's own shape."""

    http: Annotated[int, Field(ge=400, le=599)]
    retry_after_s: Annotated[float, Field(ge=0)] | None = None


class Drip(Part):
    """From here on send audio in single bytes, this many per second."""

    drip_bytes_per_s: Annotated[float, Field(gt=0)]


class WrongWords(Part):
    """Send the utterance's word times late, not at all, or shifted by this much."""

    words: Literal["late", "absent", "wrong"]
    shift_ms: float = 400.0


class Down(Part):
    """Take the whole vendor down for a while: connections are reset, and new ones at once."""

    down_ms: Milliseconds


class Error(Part):
    """Fail the utterance with one of the gateway's reasons, in the vendor's own shape."""

    error: Reason = Reason.VENDOR_UNREACHABLE


class Plain(Part):
    """Actions without parameters: see the table in docs/simulator.md."""

    do: Literal[
        "reset",
        "eof",
        "stall",
        "half_open",
        "silence",
        "odd_bytes",
        "truncate_json",
        "context_limit",
        "refuse",
    ]


def _named(value: object) -> object:
    return {"do": value} if isinstance(value, str) else value


Deed = Delay | Close | Refusal | Drip | WrongWords | Down | Error | Plain
_Deeds = Annotated[
    Annotated[Delay, Tag("Delay")]
    | Annotated[Close, Tag("Close")]
    | Annotated[Refusal, Tag("Refusal")]
    | Annotated[Drip, Tag("Drip")]
    | Annotated[WrongWords, Tag("WrongWords")]
    | Annotated[Down, Tag("Down")]
    | Annotated[Error, Tag("Error")]
    | Annotated[Plain, Tag("Plain")],
    _kind(
        "must be a word, or one of {delay_ms}, {close}, {http}, {drip_bytes_per_s}, {words}, {down_ms}, {error}",
        *(Delay, Close, Refusal, Drip, WrongWords, Down, Error, Plain),
    ),
]
_AT_DIAL = frozenset({"reset", "eof", "stall", "half_open", "refuse"})
_AT_IDLE = frozenset({"reset", "eof", "half_open"})


class Fault(Part):
    """One fault.

    Args:
        when: where it fires.
        do: what it does.
        times: how often at most; 0 for no bound.
    """

    when: When = When()
    do: Annotated[_Deeds, BeforeValidator(_named)]
    times: Annotated[int, Field(ge=0)] = 1

    @property
    def name(self) -> str:
        """Name of what it does."""
        return self.do.do if isinstance(self.do, Plain) else next(iter(type(self.do).model_fields))

    @model_validator(mode="after")
    def _possible(self) -> Self:
        at, do = self.when.at, self.do
        if isinstance(do, Refusal) and at != "dial":
            raise ValueError("an HTTP status is only possible at the dial")
        if (
            isinstance(do, Plain)
            and do.do == "refuse"
            and (at != "dial" or self.when.key or self.when.vendor)
        ):
            raise ValueError("refuse is only possible at the dial, where neither vendor nor key is known")
        if isinstance(do, Plain) and do.do == "context_limit" and at != "begin":
            raise ValueError("context_limit is only possible at the begin of an utterance")
        if at == "dial" and not _can(do, _AT_DIAL, Delay | Refusal | Down):
            raise ValueError(f"{self.name} is not possible at the dial")
        if at == "idle" and not _can(do, _AT_IDLE, Close | Down):
            raise ValueError(f"{self.name} is not possible on an idle connection")
        return self


def _can(do: Deed, plain: frozenset[str], kinds: object) -> bool:
    return do.do in plain if isinstance(do, Plain) else isinstance(do, kinds)  # type: ignore[arg-type] # a union


class Script(Part):
    """Everything that a simulated vendor does.

    Args:
        pace: how fast audio is sent.
        speak_at: when text is spoken: at a flush or the end; or also at each end of a sentence.
        word_times: sent, withheld, or sent after their audio.
        late_ms: how long after.
        closing_ms: how long an utterance that was cancelled is still open, and counted, before its end is confirmed.
        idle_drop: how a connection that was idle for too long is dropped: silently, so that it no longer answers; or with the
            end of the stream, a reset, a close frame.
        keys: the accepted keys; empty for all.
        voices: the known voices; empty for all names.
        concurrency_of: what the concurrency limit of a key counts: open connections, or utterances being spoken.
        retry_after_s: sent with 429.
        limits: fields of `VendorLimits` by name, which replace the vendor's own.
        faults: in order; at each moment every one whose conditions hold fires.
    """

    pace: Pace = Pace()
    speak_at: Literal["flush", "sentence"] = "flush"
    word_times: Literal[True, False, "late"] = True
    late_ms: Milliseconds = 500.0
    closing_ms: Milliseconds = 0.0
    idle_drop: Literal["silent", "eof", "reset", "close"] = "silent"
    keys: tuple[str, ...] = ()
    voices: tuple[str, ...] = ()
    concurrency_of: Literal["connections", "utterances"] = "connections"
    retry_after_s: Annotated[float, Field(ge=0)] = 1.0
    limits: dict[str, float] = Field(default_factory=dict)
    faults: tuple[Fault, ...] = ()

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a script from a YAML or JSON file.

        Raises:
            ScriptError: the file cannot be read or is not a script.
        """
        try:
            return cls.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
        except OSError as error:
            raise ScriptError(f"{path}: {error.strerror or error}") from None
        except UnicodeDecodeError as error:
            raise ScriptError(f"{path}: not valid UTF-8 at byte {error.start}") from None
        except RecursionError:
            raise ScriptError(f"{path}: is nested too deeply") from None
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            place = f"{path}:{mark.line + 1}" if mark else str(path)
            raise ScriptError(
                f"{place}: not valid YAML: {getattr(error, 'problem', None) or 'cannot be parsed'}"
            ) from None
        except ValidationError as error:
            raise ScriptError(f"{path}: {_places(error)}") from None


def _places(error: ValidationError) -> str:
    return "; ".join(f"{_place(one['loc'])}: {_said(one['type'], one['msg'])}" for one in error.errors())


def _said(kind: str, message: str) -> str:
    words = _WORDS.get(kind) or message.removeprefix("Value error, ").partition(", unable to")[0]
    return words.replace("Input should be", "must be")  # a script has options and no input


def _place(parts: tuple[int | str, ...]) -> str:
    """The path to a mistake as written in the script, without pydantic's names of variants."""
    written = [str(part) for part in parts if part not in _KINDS]
    return (
        ".".join(part for part, before in zip(written, ["", *written], strict=False) if part != before)
        or "script"
    )


_KINDS = frozenset(kind.__name__ for kind in Part.__subclasses__())
_WORDS = {
    "extra_forbidden": "no such option",
    "missing": "is required",
    "model_type": "must be a mapping (name: value)",
    "tuple_type": "must be a list",
    "invalid_key": "names must be text",
}
"""pydantic's error types, in the words of a script."""
