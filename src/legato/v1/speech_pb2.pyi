from legato.v1 import audio_pb2 as _audio_pb2
from legato.v1 import receipt_pb2 as _receipt_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Position(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    POSITION_UNSPECIFIED: _ClassVar[Position]
    POSITION_APPEND: _ClassVar[Position]
    POSITION_NEXT: _ClassVar[Position]
    POSITION_REPLACE: _ClassVar[Position]

class WordMethod(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    WORD_METHOD_UNSPECIFIED: _ClassVar[WordMethod]
    WORD_METHOD_VENDOR: _ClassVar[WordMethod]
    WORD_METHOD_ENGINE: _ClassVar[WordMethod]
    WORD_METHOD_ESTIMATED: _ClassVar[WordMethod]

class HeardMethod(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    HEARD_METHOD_UNSPECIFIED: _ClassVar[HeardMethod]
    HEARD_METHOD_PLAYED: _ClassVar[HeardMethod]
    HEARD_METHOD_WRITE_TIMES: _ClassVar[HeardMethod]
POSITION_UNSPECIFIED: Position
POSITION_APPEND: Position
POSITION_NEXT: Position
POSITION_REPLACE: Position
WORD_METHOD_UNSPECIFIED: WordMethod
WORD_METHOD_VENDOR: WordMethod
WORD_METHOD_ENGINE: WordMethod
WORD_METHOD_ESTIMATED: WordMethod
HEARD_METHOD_UNSPECIFIED: HeardMethod
HEARD_METHOD_PLAYED: HeardMethod
HEARD_METHOD_WRITE_TIMES: HeardMethod

class StreamRequest(_message.Message):
    __slots__ = ("client_seq", "acked_server_seq", "open", "begin", "text", "flush", "end", "cancel", "pause", "resume", "played", "configure", "prewarm", "ping")
    CLIENT_SEQ_FIELD_NUMBER: _ClassVar[int]
    ACKED_SERVER_SEQ_FIELD_NUMBER: _ClassVar[int]
    OPEN_FIELD_NUMBER: _ClassVar[int]
    BEGIN_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    FLUSH_FIELD_NUMBER: _ClassVar[int]
    END_FIELD_NUMBER: _ClassVar[int]
    CANCEL_FIELD_NUMBER: _ClassVar[int]
    PAUSE_FIELD_NUMBER: _ClassVar[int]
    RESUME_FIELD_NUMBER: _ClassVar[int]
    PLAYED_FIELD_NUMBER: _ClassVar[int]
    CONFIGURE_FIELD_NUMBER: _ClassVar[int]
    PREWARM_FIELD_NUMBER: _ClassVar[int]
    PING_FIELD_NUMBER: _ClassVar[int]
    client_seq: int
    acked_server_seq: int
    open: Open
    begin: Begin
    text: Text
    flush: Flush
    end: End
    cancel: Cancel
    pause: Pause
    resume: Resume
    played: Played
    configure: Configure
    prewarm: Prewarm
    ping: Ping
    def __init__(self, client_seq: _Optional[int] = ..., acked_server_seq: _Optional[int] = ..., open: _Optional[_Union[Open, _Mapping]] = ..., begin: _Optional[_Union[Begin, _Mapping]] = ..., text: _Optional[_Union[Text, _Mapping]] = ..., flush: _Optional[_Union[Flush, _Mapping]] = ..., end: _Optional[_Union[End, _Mapping]] = ..., cancel: _Optional[_Union[Cancel, _Mapping]] = ..., pause: _Optional[_Union[Pause, _Mapping]] = ..., resume: _Optional[_Union[Resume, _Mapping]] = ..., played: _Optional[_Union[Played, _Mapping]] = ..., configure: _Optional[_Union[Configure, _Mapping]] = ..., prewarm: _Optional[_Union[Prewarm, _Mapping]] = ..., ping: _Optional[_Union[Ping, _Mapping]] = ...) -> None: ...

class StreamResponse(_message.Message):
    __slots__ = ("server_seq", "acked_client_seq", "opened", "utterance_started", "audio", "words", "flushed", "seam", "utterance_finished", "utterance_cancelled", "utterance_failed", "warning", "error", "go_away", "pong")
    SERVER_SEQ_FIELD_NUMBER: _ClassVar[int]
    ACKED_CLIENT_SEQ_FIELD_NUMBER: _ClassVar[int]
    OPENED_FIELD_NUMBER: _ClassVar[int]
    UTTERANCE_STARTED_FIELD_NUMBER: _ClassVar[int]
    AUDIO_FIELD_NUMBER: _ClassVar[int]
    WORDS_FIELD_NUMBER: _ClassVar[int]
    FLUSHED_FIELD_NUMBER: _ClassVar[int]
    SEAM_FIELD_NUMBER: _ClassVar[int]
    UTTERANCE_FINISHED_FIELD_NUMBER: _ClassVar[int]
    UTTERANCE_CANCELLED_FIELD_NUMBER: _ClassVar[int]
    UTTERANCE_FAILED_FIELD_NUMBER: _ClassVar[int]
    WARNING_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    GO_AWAY_FIELD_NUMBER: _ClassVar[int]
    PONG_FIELD_NUMBER: _ClassVar[int]
    server_seq: int
    acked_client_seq: int
    opened: Opened
    utterance_started: UtteranceStarted
    audio: Audio
    words: Words
    flushed: Flushed
    seam: Seam
    utterance_finished: UtteranceFinished
    utterance_cancelled: UtteranceCancelled
    utterance_failed: UtteranceFailed
    warning: Warning
    error: Error
    go_away: GoAway
    pong: Pong
    def __init__(self, server_seq: _Optional[int] = ..., acked_client_seq: _Optional[int] = ..., opened: _Optional[_Union[Opened, _Mapping]] = ..., utterance_started: _Optional[_Union[UtteranceStarted, _Mapping]] = ..., audio: _Optional[_Union[Audio, _Mapping]] = ..., words: _Optional[_Union[Words, _Mapping]] = ..., flushed: _Optional[_Union[Flushed, _Mapping]] = ..., seam: _Optional[_Union[Seam, _Mapping]] = ..., utterance_finished: _Optional[_Union[UtteranceFinished, _Mapping]] = ..., utterance_cancelled: _Optional[_Union[UtteranceCancelled, _Mapping]] = ..., utterance_failed: _Optional[_Union[UtteranceFailed, _Mapping]] = ..., warning: _Optional[_Union[Warning, _Mapping]] = ..., error: _Optional[_Union[Error, _Mapping]] = ..., go_away: _Optional[_Union[GoAway, _Mapping]] = ..., pong: _Optional[_Union[Pong, _Mapping]] = ...) -> None: ...

class Open(_message.Message):
    __slots__ = ("voice", "audio_format", "language", "options", "max_lead_ms", "traceparent", "finish_when_heard", "acknowledges", "tracestate")
    VOICE_FIELD_NUMBER: _ClassVar[int]
    AUDIO_FORMAT_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    MAX_LEAD_MS_FIELD_NUMBER: _ClassVar[int]
    TRACEPARENT_FIELD_NUMBER: _ClassVar[int]
    FINISH_WHEN_HEARD_FIELD_NUMBER: _ClassVar[int]
    ACKNOWLEDGES_FIELD_NUMBER: _ClassVar[int]
    TRACESTATE_FIELD_NUMBER: _ClassVar[int]
    voice: str
    audio_format: _audio_pb2.AudioFormat
    language: str
    options: UtteranceOptions
    max_lead_ms: int
    traceparent: str
    finish_when_heard: bool
    acknowledges: bool
    tracestate: str
    def __init__(self, voice: _Optional[str] = ..., audio_format: _Optional[_Union[_audio_pb2.AudioFormat, _Mapping]] = ..., language: _Optional[str] = ..., options: _Optional[_Union[UtteranceOptions, _Mapping]] = ..., max_lead_ms: _Optional[int] = ..., traceparent: _Optional[str] = ..., finish_when_heard: _Optional[bool] = ..., acknowledges: _Optional[bool] = ..., tracestate: _Optional[str] = ...) -> None: ...

class UtteranceOptions(_message.Message):
    __slots__ = ("speed", "pitch", "volume", "code", "emoji", "maths", "ssml", "raw_text", "words")
    SPEED_FIELD_NUMBER: _ClassVar[int]
    PITCH_FIELD_NUMBER: _ClassVar[int]
    VOLUME_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    EMOJI_FIELD_NUMBER: _ClassVar[int]
    MATHS_FIELD_NUMBER: _ClassVar[int]
    SSML_FIELD_NUMBER: _ClassVar[int]
    RAW_TEXT_FIELD_NUMBER: _ClassVar[int]
    WORDS_FIELD_NUMBER: _ClassVar[int]
    speed: float
    pitch: float
    volume: float
    code: str
    emoji: str
    maths: str
    ssml: bool
    raw_text: bool
    words: bool
    def __init__(self, speed: _Optional[float] = ..., pitch: _Optional[float] = ..., volume: _Optional[float] = ..., code: _Optional[str] = ..., emoji: _Optional[str] = ..., maths: _Optional[str] = ..., ssml: _Optional[bool] = ..., raw_text: _Optional[bool] = ..., words: _Optional[bool] = ...) -> None: ...

class Begin(_message.Message):
    __slots__ = ("utterance_id", "track", "voice", "language", "options", "position", "interruptible", "traceparent", "tracestate")
    UTTERANCE_ID_FIELD_NUMBER: _ClassVar[int]
    TRACK_FIELD_NUMBER: _ClassVar[int]
    VOICE_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    POSITION_FIELD_NUMBER: _ClassVar[int]
    INTERRUPTIBLE_FIELD_NUMBER: _ClassVar[int]
    TRACEPARENT_FIELD_NUMBER: _ClassVar[int]
    TRACESTATE_FIELD_NUMBER: _ClassVar[int]
    utterance_id: str
    track: int
    voice: str
    language: str
    options: UtteranceOptions
    position: Position
    interruptible: bool
    traceparent: str
    tracestate: str
    def __init__(self, utterance_id: _Optional[str] = ..., track: _Optional[int] = ..., voice: _Optional[str] = ..., language: _Optional[str] = ..., options: _Optional[_Union[UtteranceOptions, _Mapping]] = ..., position: _Optional[_Union[Position, str]] = ..., interruptible: _Optional[bool] = ..., traceparent: _Optional[str] = ..., tracestate: _Optional[str] = ...) -> None: ...

class Text(_message.Message):
    __slots__ = ("utterance_id", "text")
    UTTERANCE_ID_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    utterance_id: str
    text: str
    def __init__(self, utterance_id: _Optional[str] = ..., text: _Optional[str] = ...) -> None: ...

class Flush(_message.Message):
    __slots__ = ("utterance_id", "flush_id")
    UTTERANCE_ID_FIELD_NUMBER: _ClassVar[int]
    FLUSH_ID_FIELD_NUMBER: _ClassVar[int]
    utterance_id: str
    flush_id: str
    def __init__(self, utterance_id: _Optional[str] = ..., flush_id: _Optional[str] = ...) -> None: ...

class End(_message.Message):
    __slots__ = ("utterance_id",)
    UTTERANCE_ID_FIELD_NUMBER: _ClassVar[int]
    utterance_id: str
    def __init__(self, utterance_id: _Optional[str] = ...) -> None: ...

class Cancel(_message.Message):
    __slots__ = ("utterance_id", "track", "fade_ms", "force", "played_sample")
    UTTERANCE_ID_FIELD_NUMBER: _ClassVar[int]
    TRACK_FIELD_NUMBER: _ClassVar[int]
    FADE_MS_FIELD_NUMBER: _ClassVar[int]
    FORCE_FIELD_NUMBER: _ClassVar[int]
    PLAYED_SAMPLE_FIELD_NUMBER: _ClassVar[int]
    utterance_id: str
    track: int
    fade_ms: int
    force: bool
    played_sample: int
    def __init__(self, utterance_id: _Optional[str] = ..., track: _Optional[int] = ..., fade_ms: _Optional[int] = ..., force: _Optional[bool] = ..., played_sample: _Optional[int] = ...) -> None: ...

class Pause(_message.Message):
    __slots__ = ("track",)
    TRACK_FIELD_NUMBER: _ClassVar[int]
    track: int
    def __init__(self, track: _Optional[int] = ...) -> None: ...

class Resume(_message.Message):
    __slots__ = ("track",)
    TRACK_FIELD_NUMBER: _ClassVar[int]
    track: int
    def __init__(self, track: _Optional[int] = ...) -> None: ...

class Played(_message.Message):
    __slots__ = ("track", "sample")
    TRACK_FIELD_NUMBER: _ClassVar[int]
    SAMPLE_FIELD_NUMBER: _ClassVar[int]
    track: int
    sample: int
    def __init__(self, track: _Optional[int] = ..., sample: _Optional[int] = ...) -> None: ...

class Configure(_message.Message):
    __slots__ = ("voice", "language", "options", "max_lead_ms")
    VOICE_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    MAX_LEAD_MS_FIELD_NUMBER: _ClassVar[int]
    voice: str
    language: str
    options: UtteranceOptions
    max_lead_ms: int
    def __init__(self, voice: _Optional[str] = ..., language: _Optional[str] = ..., options: _Optional[_Union[UtteranceOptions, _Mapping]] = ..., max_lead_ms: _Optional[int] = ...) -> None: ...

class Prewarm(_message.Message):
    __slots__ = ("voice",)
    VOICE_FIELD_NUMBER: _ClassVar[int]
    voice: str
    def __init__(self, voice: _Optional[str] = ...) -> None: ...

class Ping(_message.Message):
    __slots__ = ("payload",)
    PAYLOAD_FIELD_NUMBER: _ClassVar[int]
    payload: str
    def __init__(self, payload: _Optional[str] = ...) -> None: ...

class Opened(_message.Message):
    __slots__ = ("stream_id", "format", "limits", "codec_delay")
    STREAM_ID_FIELD_NUMBER: _ClassVar[int]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    LIMITS_FIELD_NUMBER: _ClassVar[int]
    CODEC_DELAY_FIELD_NUMBER: _ClassVar[int]
    stream_id: str
    format: _audio_pb2.AudioFormat
    limits: StreamLimits
    codec_delay: int
    def __init__(self, stream_id: _Optional[str] = ..., format: _Optional[_Union[_audio_pb2.AudioFormat, _Mapping]] = ..., limits: _Optional[_Union[StreamLimits, _Mapping]] = ..., codec_delay: _Optional[int] = ...) -> None: ...

class StreamLimits(_message.Message):
    __slots__ = ("max_open_utterances", "max_pending_chars", "max_utterance_chars", "max_lead_ms", "head_idle_ms", "pause_max_ms", "idle_stream_s", "idle_utterance_s")
    MAX_OPEN_UTTERANCES_FIELD_NUMBER: _ClassVar[int]
    MAX_PENDING_CHARS_FIELD_NUMBER: _ClassVar[int]
    MAX_UTTERANCE_CHARS_FIELD_NUMBER: _ClassVar[int]
    MAX_LEAD_MS_FIELD_NUMBER: _ClassVar[int]
    HEAD_IDLE_MS_FIELD_NUMBER: _ClassVar[int]
    PAUSE_MAX_MS_FIELD_NUMBER: _ClassVar[int]
    IDLE_STREAM_S_FIELD_NUMBER: _ClassVar[int]
    IDLE_UTTERANCE_S_FIELD_NUMBER: _ClassVar[int]
    max_open_utterances: int
    max_pending_chars: int
    max_utterance_chars: int
    max_lead_ms: int
    head_idle_ms: int
    pause_max_ms: int
    idle_stream_s: float
    idle_utterance_s: float
    def __init__(self, max_open_utterances: _Optional[int] = ..., max_pending_chars: _Optional[int] = ..., max_utterance_chars: _Optional[int] = ..., max_lead_ms: _Optional[int] = ..., head_idle_ms: _Optional[int] = ..., pause_max_ms: _Optional[int] = ..., idle_stream_s: _Optional[float] = ..., idle_utterance_s: _Optional[float] = ...) -> None: ...

class UtteranceStarted(_message.Message):
    __slots__ = ("utterance_id", "ordinal", "track", "generation", "start_sample")
    UTTERANCE_ID_FIELD_NUMBER: _ClassVar[int]
    ORDINAL_FIELD_NUMBER: _ClassVar[int]
    TRACK_FIELD_NUMBER: _ClassVar[int]
    GENERATION_FIELD_NUMBER: _ClassVar[int]
    START_SAMPLE_FIELD_NUMBER: _ClassVar[int]
    utterance_id: str
    ordinal: int
    track: int
    generation: int
    start_sample: int
    def __init__(self, utterance_id: _Optional[str] = ..., ordinal: _Optional[int] = ..., track: _Optional[int] = ..., generation: _Optional[int] = ..., start_sample: _Optional[int] = ...) -> None: ...

class Audio(_message.Message):
    __slots__ = ("utterance_id", "generation", "sample_offset", "data")
    UTTERANCE_ID_FIELD_NUMBER: _ClassVar[int]
    GENERATION_FIELD_NUMBER: _ClassVar[int]
    SAMPLE_OFFSET_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    utterance_id: str
    generation: int
    sample_offset: int
    data: bytes
    def __init__(self, utterance_id: _Optional[str] = ..., generation: _Optional[int] = ..., sample_offset: _Optional[int] = ..., data: _Optional[bytes] = ...) -> None: ...

class Words(_message.Message):
    __slots__ = ("utterance_id", "word", "start_sample", "end_sample", "source_start", "source_end", "method")
    UTTERANCE_ID_FIELD_NUMBER: _ClassVar[int]
    WORD_FIELD_NUMBER: _ClassVar[int]
    START_SAMPLE_FIELD_NUMBER: _ClassVar[int]
    END_SAMPLE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_START_FIELD_NUMBER: _ClassVar[int]
    SOURCE_END_FIELD_NUMBER: _ClassVar[int]
    METHOD_FIELD_NUMBER: _ClassVar[int]
    utterance_id: str
    word: str
    start_sample: int
    end_sample: int
    source_start: int
    source_end: int
    method: WordMethod
    def __init__(self, utterance_id: _Optional[str] = ..., word: _Optional[str] = ..., start_sample: _Optional[int] = ..., end_sample: _Optional[int] = ..., source_start: _Optional[int] = ..., source_end: _Optional[int] = ..., method: _Optional[_Union[WordMethod, str]] = ...) -> None: ...

class Flushed(_message.Message):
    __slots__ = ("utterance_id", "flush_id", "end_sample")
    UTTERANCE_ID_FIELD_NUMBER: _ClassVar[int]
    FLUSH_ID_FIELD_NUMBER: _ClassVar[int]
    END_SAMPLE_FIELD_NUMBER: _ClassVar[int]
    utterance_id: str
    flush_id: str
    end_sample: int
    def __init__(self, utterance_id: _Optional[str] = ..., flush_id: _Optional[str] = ..., end_sample: _Optional[int] = ...) -> None: ...

class Seam(_message.Message):
    __slots__ = ("utterance_id", "word", "gap_ms", "from_route", "to_route", "method")
    UTTERANCE_ID_FIELD_NUMBER: _ClassVar[int]
    WORD_FIELD_NUMBER: _ClassVar[int]
    GAP_MS_FIELD_NUMBER: _ClassVar[int]
    FROM_ROUTE_FIELD_NUMBER: _ClassVar[int]
    TO_ROUTE_FIELD_NUMBER: _ClassVar[int]
    METHOD_FIELD_NUMBER: _ClassVar[int]
    utterance_id: str
    word: str
    gap_ms: float
    from_route: str
    to_route: str
    method: str
    def __init__(self, utterance_id: _Optional[str] = ..., word: _Optional[str] = ..., gap_ms: _Optional[float] = ..., from_route: _Optional[str] = ..., to_route: _Optional[str] = ..., method: _Optional[str] = ...) -> None: ...

class UtteranceFinished(_message.Message):
    __slots__ = ("utterance_id", "receipt")
    UTTERANCE_ID_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    utterance_id: str
    receipt: _receipt_pb2.Receipt
    def __init__(self, utterance_id: _Optional[str] = ..., receipt: _Optional[_Union[_receipt_pb2.Receipt, _Mapping]] = ...) -> None: ...

class UtteranceCancelled(_message.Message):
    __slots__ = ("utterance_id", "heard", "sent_unheard", "never_sent", "truncate_at_sample", "method", "receipt")
    UTTERANCE_ID_FIELD_NUMBER: _ClassVar[int]
    HEARD_FIELD_NUMBER: _ClassVar[int]
    SENT_UNHEARD_FIELD_NUMBER: _ClassVar[int]
    NEVER_SENT_FIELD_NUMBER: _ClassVar[int]
    TRUNCATE_AT_SAMPLE_FIELD_NUMBER: _ClassVar[int]
    METHOD_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    utterance_id: str
    heard: str
    sent_unheard: str
    never_sent: str
    truncate_at_sample: int
    method: HeardMethod
    receipt: _receipt_pb2.Receipt
    def __init__(self, utterance_id: _Optional[str] = ..., heard: _Optional[str] = ..., sent_unheard: _Optional[str] = ..., never_sent: _Optional[str] = ..., truncate_at_sample: _Optional[int] = ..., method: _Optional[_Union[HeardMethod, str]] = ..., receipt: _Optional[_Union[_receipt_pb2.Receipt, _Mapping]] = ...) -> None: ...

class UtteranceFailed(_message.Message):
    __slots__ = ("utterance_id", "error", "unspoken", "receipt")
    UTTERANCE_ID_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    UNSPOKEN_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    utterance_id: str
    error: Error
    unspoken: str
    receipt: _receipt_pb2.Receipt
    def __init__(self, utterance_id: _Optional[str] = ..., error: _Optional[_Union[Error, _Mapping]] = ..., unspoken: _Optional[str] = ..., receipt: _Optional[_Union[_receipt_pb2.Receipt, _Mapping]] = ...) -> None: ...

class Warning(_message.Message):
    __slots__ = ("code", "message", "utterance_id")
    CODE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    UTTERANCE_ID_FIELD_NUMBER: _ClassVar[int]
    code: str
    message: str
    utterance_id: str
    def __init__(self, code: _Optional[str] = ..., message: _Optional[str] = ..., utterance_id: _Optional[str] = ...) -> None: ...

class Error(_message.Message):
    __slots__ = ("code", "reason", "message", "retryable", "retry_after_s", "utterance_id", "fatal")
    CODE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    RETRYABLE_FIELD_NUMBER: _ClassVar[int]
    RETRY_AFTER_S_FIELD_NUMBER: _ClassVar[int]
    UTTERANCE_ID_FIELD_NUMBER: _ClassVar[int]
    FATAL_FIELD_NUMBER: _ClassVar[int]
    code: str
    reason: str
    message: str
    retryable: bool
    retry_after_s: float
    utterance_id: str
    fatal: bool
    def __init__(self, code: _Optional[str] = ..., reason: _Optional[str] = ..., message: _Optional[str] = ..., retryable: _Optional[bool] = ..., retry_after_s: _Optional[float] = ..., utterance_id: _Optional[str] = ..., fatal: _Optional[bool] = ...) -> None: ...

class GoAway(_message.Message):
    __slots__ = ("in_s", "reason")
    IN_S_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    in_s: float
    reason: str
    def __init__(self, in_s: _Optional[float] = ..., reason: _Optional[str] = ...) -> None: ...

class Pong(_message.Message):
    __slots__ = ("payload",)
    PAYLOAD_FIELD_NUMBER: _ClassVar[int]
    payload: str
    def __init__(self, payload: _Optional[str] = ...) -> None: ...

class SpeakRequest(_message.Message):
    __slots__ = ("text", "voice", "audio_format", "language", "options", "traceparent", "tracestate")
    TEXT_FIELD_NUMBER: _ClassVar[int]
    VOICE_FIELD_NUMBER: _ClassVar[int]
    AUDIO_FORMAT_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    TRACEPARENT_FIELD_NUMBER: _ClassVar[int]
    TRACESTATE_FIELD_NUMBER: _ClassVar[int]
    text: str
    voice: str
    audio_format: _audio_pb2.AudioFormat
    language: str
    options: UtteranceOptions
    traceparent: str
    tracestate: str
    def __init__(self, text: _Optional[str] = ..., voice: _Optional[str] = ..., audio_format: _Optional[_Union[_audio_pb2.AudioFormat, _Mapping]] = ..., language: _Optional[str] = ..., options: _Optional[_Union[UtteranceOptions, _Mapping]] = ..., traceparent: _Optional[str] = ..., tracestate: _Optional[str] = ...) -> None: ...

class SpeakResponse(_message.Message):
    __slots__ = ("format", "audio", "words", "warning", "finished")
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    AUDIO_FIELD_NUMBER: _ClassVar[int]
    WORDS_FIELD_NUMBER: _ClassVar[int]
    WARNING_FIELD_NUMBER: _ClassVar[int]
    FINISHED_FIELD_NUMBER: _ClassVar[int]
    format: _audio_pb2.AudioFormat
    audio: Audio
    words: Words
    warning: Warning
    finished: UtteranceFinished
    def __init__(self, format: _Optional[_Union[_audio_pb2.AudioFormat, _Mapping]] = ..., audio: _Optional[_Union[Audio, _Mapping]] = ..., words: _Optional[_Union[Words, _Mapping]] = ..., warning: _Optional[_Union[Warning, _Mapping]] = ..., finished: _Optional[_Union[UtteranceFinished, _Mapping]] = ...) -> None: ...

class ListVoicesRequest(_message.Message):
    __slots__ = ("language",)
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    language: str
    def __init__(self, language: _Optional[str] = ...) -> None: ...

class ListVoicesResponse(_message.Message):
    __slots__ = ("voices", "default_voice", "formats")
    VOICES_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_VOICE_FIELD_NUMBER: _ClassVar[int]
    FORMATS_FIELD_NUMBER: _ClassVar[int]
    voices: _containers.RepeatedCompositeFieldContainer[Voice]
    default_voice: str
    formats: _containers.RepeatedCompositeFieldContainer[_audio_pb2.AudioFormat]
    def __init__(self, voices: _Optional[_Iterable[_Union[Voice, _Mapping]]] = ..., default_voice: _Optional[str] = ..., formats: _Optional[_Iterable[_Union[_audio_pb2.AudioFormat, _Mapping]]] = ...) -> None: ...

class Voice(_message.Message):
    __slots__ = ("name", "languages", "description", "ready")
    NAME_FIELD_NUMBER: _ClassVar[int]
    LANGUAGES_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    READY_FIELD_NUMBER: _ClassVar[int]
    name: str
    languages: _containers.RepeatedScalarFieldContainer[str]
    description: str
    ready: bool
    def __init__(self, name: _Optional[str] = ..., languages: _Optional[_Iterable[str]] = ..., description: _Optional[str] = ..., ready: _Optional[bool] = ...) -> None: ...

class ListLanguagesRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListLanguagesResponse(_message.Message):
    __slots__ = ("languages",)
    LANGUAGES_FIELD_NUMBER: _ClassVar[int]
    languages: _containers.RepeatedCompositeFieldContainer[Language]
    def __init__(self, languages: _Optional[_Iterable[_Union[Language, _Mapping]]] = ...) -> None: ...

class Language(_message.Message):
    __slots__ = ("tag", "voices")
    TAG_FIELD_NUMBER: _ClassVar[int]
    VOICES_FIELD_NUMBER: _ClassVar[int]
    tag: str
    voices: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, tag: _Optional[str] = ..., voices: _Optional[_Iterable[str]] = ...) -> None: ...
