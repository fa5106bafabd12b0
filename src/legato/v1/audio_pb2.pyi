from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Encoding(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ENCODING_UNSPECIFIED: _ClassVar[Encoding]
    ENCODING_PCM_S16LE: _ClassVar[Encoding]
    ENCODING_MULAW: _ClassVar[Encoding]
    ENCODING_ALAW: _ClassVar[Encoding]
    ENCODING_WAV: _ClassVar[Encoding]
    ENCODING_MP3: _ClassVar[Encoding]
    ENCODING_OPUS: _ClassVar[Encoding]
    ENCODING_FLAC: _ClassVar[Encoding]
    ENCODING_AAC: _ClassVar[Encoding]
ENCODING_UNSPECIFIED: Encoding
ENCODING_PCM_S16LE: Encoding
ENCODING_MULAW: Encoding
ENCODING_ALAW: Encoding
ENCODING_WAV: Encoding
ENCODING_MP3: Encoding
ENCODING_OPUS: Encoding
ENCODING_FLAC: Encoding
ENCODING_AAC: Encoding

class AudioFormat(_message.Message):
    __slots__ = ("encoding", "sample_rate_hz", "bit_rate_kbps")
    ENCODING_FIELD_NUMBER: _ClassVar[int]
    SAMPLE_RATE_HZ_FIELD_NUMBER: _ClassVar[int]
    BIT_RATE_KBPS_FIELD_NUMBER: _ClassVar[int]
    encoding: Encoding
    sample_rate_hz: int
    bit_rate_kbps: int
    def __init__(self, encoding: _Optional[_Union[Encoding, str]] = ..., sample_rate_hz: _Optional[int] = ..., bit_rate_kbps: _Optional[int] = ...) -> None: ...
