"""The binary frame of the native WebSocket: a fixed header, then the audio.

offset  size  field           all little-endian
0       1     version         1
1       1     kind            1 = audio
2       2     flags           0; a reader ignores bits it does not know
4       4     utterance       the ordinal in UtteranceStarted
8       4     server_seq      as StreamResponse.server_seq
12      4     generation      as Audio.generation
16      8     sample_offset   as Audio.sample_offset
24      …     data
"""

import struct

VERSION = 1
KIND_AUDIO = 1
HEADER = struct.Struct("<BBHIIIQ")

_U32 = 0xFFFF_FFFF
_pack = HEADER.pack


def audio_frame(ordinal: int, server_seq: int, generation: int, sample_offset: int, data: bytes) -> bytes:
    """Return a frame of audio; counters wrap at 32 bits."""
    return (
        _pack(VERSION, KIND_AUDIO, 0, ordinal & _U32, server_seq & _U32, generation & _U32, sample_offset)
        + data
    )
