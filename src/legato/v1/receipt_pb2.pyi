from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Receipt(_message.Message):
    __slots__ = ("stages", "ttfb_ms", "ttfb_speakable_ms", "ttfa_ms", "queued", "no_audio", "route", "attempts", "line_reused", "accepted_chars", "sent_chars", "unheard_chars", "repeated_words", "audio_samples", "sample_rate_hz", "chunks", "total_ms", "cached_chars")
    STAGES_FIELD_NUMBER: _ClassVar[int]
    TTFB_MS_FIELD_NUMBER: _ClassVar[int]
    TTFB_SPEAKABLE_MS_FIELD_NUMBER: _ClassVar[int]
    TTFA_MS_FIELD_NUMBER: _ClassVar[int]
    QUEUED_FIELD_NUMBER: _ClassVar[int]
    NO_AUDIO_FIELD_NUMBER: _ClassVar[int]
    ROUTE_FIELD_NUMBER: _ClassVar[int]
    ATTEMPTS_FIELD_NUMBER: _ClassVar[int]
    LINE_REUSED_FIELD_NUMBER: _ClassVar[int]
    ACCEPTED_CHARS_FIELD_NUMBER: _ClassVar[int]
    SENT_CHARS_FIELD_NUMBER: _ClassVar[int]
    UNHEARD_CHARS_FIELD_NUMBER: _ClassVar[int]
    REPEATED_WORDS_FIELD_NUMBER: _ClassVar[int]
    AUDIO_SAMPLES_FIELD_NUMBER: _ClassVar[int]
    SAMPLE_RATE_HZ_FIELD_NUMBER: _ClassVar[int]
    CHUNKS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_MS_FIELD_NUMBER: _ClassVar[int]
    CACHED_CHARS_FIELD_NUMBER: _ClassVar[int]
    stages: _containers.RepeatedCompositeFieldContainer[StageTime]
    ttfb_ms: float
    ttfb_speakable_ms: float
    ttfa_ms: float
    queued: bool
    no_audio: str
    route: str
    attempts: int
    line_reused: bool
    accepted_chars: int
    sent_chars: int
    unheard_chars: int
    repeated_words: int
    audio_samples: int
    sample_rate_hz: int
    chunks: int
    total_ms: float
    cached_chars: int
    def __init__(self, stages: _Optional[_Iterable[_Union[StageTime, _Mapping]]] = ..., ttfb_ms: _Optional[float] = ..., ttfb_speakable_ms: _Optional[float] = ..., ttfa_ms: _Optional[float] = ..., queued: _Optional[bool] = ..., no_audio: _Optional[str] = ..., route: _Optional[str] = ..., attempts: _Optional[int] = ..., line_reused: _Optional[bool] = ..., accepted_chars: _Optional[int] = ..., sent_chars: _Optional[int] = ..., unheard_chars: _Optional[int] = ..., repeated_words: _Optional[int] = ..., audio_samples: _Optional[int] = ..., sample_rate_hz: _Optional[int] = ..., chunks: _Optional[int] = ..., total_ms: _Optional[float] = ..., cached_chars: _Optional[int] = ...) -> None: ...

class StageTime(_message.Message):
    __slots__ = ("stage", "ms")
    STAGE_FIELD_NUMBER: _ClassVar[int]
    MS_FIELD_NUMBER: _ClassVar[int]
    stage: str
    ms: float
    def __init__(self, stage: _Optional[str] = ..., ms: _Optional[float] = ...) -> None: ...
