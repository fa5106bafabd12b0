"""What the witnesses share: they measure what they heard and report it as one line of JSON. Uses the standard library only."""

import argparse
import array
import enum
import json
import shlex
import struct
import sys


def play(cases):
    """Play the case that the command line names, or those that come on standard input, a line of the same arguments each.

    Each is answered with a line: what was heard, or the client's own exception.
    """
    url, *words = sys.argv[1:]
    if words:
        _play(cases, [*words, "--url", url])
        return
    for line in sys.stdin:
        _play(cases, [*shlex.split(line), "--url", url])


def _play(cases, words):
    parser = argparse.ArgumentParser(usage="SCRIPT URL [CASE] [--key KEY] [--voice VOICE] [--text TEXT]")
    parser.add_argument("case", choices=sorted(cases))
    parser.add_argument("--url", help="http://host:port, https://…, or tcp://… where the dialect wants it")
    parser.add_argument("--key", default="none")
    parser.add_argument("--voice", default="espeak")
    parser.add_argument("--text", default="Hello there.")
    given = parser.parse_args(words)
    try:
        told = cases[given.case](given)
    except Exception as error:  # noqa: BLE001 the test asks which error it is
        kind = type(error)
        told = {
            "error": f"{kind.__module__.partition('.')[0]}.{kind.__name__}",
            "status": _status(error),
            "said": str(error),
        }
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


def _status(error):
    code = getattr(error, "grpc_status_code", None) or getattr(error, "code", None)
    if callable(code):  # a gRPC call is its own exception
        code = code()
    if isinstance(code, enum.Enum):
        return code.name
    return _http_status(error)


def _http_status(error):
    """Return the HTTP status, also that of a handshake, for which clients let their WebSocket library's own exception through."""
    return getattr(error, "status_code", None) or getattr(
        getattr(error, "response", None), "status_code", None
    )


def websocket_url(url):
    """Return the WebSocket URL of the same server, for clients that want both URLs."""
    return "ws" + url.removeprefix("http")


def sound(data, encoding, rate):
    """Return how long audio lasts and how loud it is; loudness 1 is full scale."""
    samples = _READERS[encoding](data)
    loudness = (sum(one * one for one in samples) / max(len(samples), 1)) ** 0.5
    return {"seconds": len(samples) / rate, "loudness": loudness, "peak": max(map(abs, samples), default=0.0)}


def mpeg(data):
    """Return how long mono MP3 lasts, and its rates: it is nothing but whole frames of one kind."""
    seconds, kinds = 0.0, set()
    while data:
        assert data[0] == 0xFF, "no frame begins here"
        assert data[1] & 0xE6 == 0xE2, "not layer III"
        is_first = data[1] & 0x18 == 0x18  # MPEG-1
        hz = (44_100, 48_000, 32_000)[data[2] >> 2 & 3] // (1 if is_first else 2)
        kbps = (_KBPS_1 if is_first else _KBPS_2)[data[2] >> 4]
        samples = 1_152 if is_first else 576
        assert data[3] >> 6 == 3, "not mono"
        size = samples * kbps * 125 // hz + (data[2] >> 1 & 1)
        assert len(data) >= size, "a frame is cut short"
        data, seconds = data[size:], seconds + samples / hz
        kinds.add((hz, kbps))
    [(hz, kbps)] = kinds
    return {"seconds": seconds, "hz": hz, "kbps": kbps}


def ogg(data):
    """Return how long Opus in Ogg lasts, and the sample rate that it was made from: it is one stream, to its end."""
    hz = ahead = flags = until = 0
    while data:
        capture, flags, position, _, _, _, count = struct.unpack_from("<4sxBqIIIB", data)
        assert capture == b"OggS", "no page begins here"
        body = data[27 + count :]
        if body[:8] == b"OpusHead":
            assert not hz, "another stream"
            channels, ahead, hz = struct.unpack_from("<xBHI", body, 8)
            assert channels == 1, "not mono"
        until = max(until, position)
        data = body[sum(data[27 : 27 + count]) :]
    assert flags & 4, "the stream has no end"
    return {"seconds": (until - ahead) / 48_000, "hz": hz}


def adts(data):
    """Return how long mono AAC lasts, and its rate: it is nothing but whole frames of one kind."""
    frames, kinds = 0, set()
    while data:
        assert data[:2] == b"\xff\xf1", "no frame begins here"
        kinds.add((_ADTS_HZ[data[2] >> 2 & 15], (data[2] & 1) << 2 | data[3] >> 6))
        size = (data[3] & 3) << 11 | data[4] << 3 | data[5] >> 5
        assert len(data) >= size, "a frame is cut short"
        data, frames = data[size:], frames + 1
    [(hz, channels)] = kinds
    assert channels == 1, "not mono"
    return {"seconds": frames * 1_024 / hz, "hz": hz}


def flac(data):
    """Return how long FLAC lasts, to a frame, and its rate."""
    assert data[:8] == b"fLaC\x80\x00\x00\x22", "not only what describes the stream comes first"
    size = int.from_bytes(data[10:12], "big")
    hz = int.from_bytes(data[18:21], "big") >> 4
    at = frames = 0
    while (at := _frame(data, frames, at)) >= 0:
        at, frames = at + 1, frames + 1
    return {"seconds": frames * size / hz, "hz": hz}


def _frame(data, number, start):
    coded = chr(number).encode()
    while (start := data.find(b"\xff\xf8", start)) >= 0 and data[start + 4 : start + 4 + len(coded)] != coded:
        start += 1
    return start


def _floats(data):
    assert len(data) % 4 == 0, "floats cut in two"
    return array.array("f", data)


def _s16(data):
    assert len(data) % 2 == 0, "samples cut in two"
    return [one / 32768 for one in array.array("h", data)]


def _wav(data):
    assert data[:4] == b"RIFF"
    assert data[8:16] == b"WAVEfmt "
    coding, bits = data[20], data[34]
    return {(1, 16): _s16, (3, 32): _floats}[coding, bits](data[44:])


def _mulaw(data):
    return [_FROM_MULAW[byte] for byte in data]


def _linear(byte):
    byte = ~byte & 0xFF
    size = (((byte & 0x0F) << 3) + 0x84 << (byte >> 4 & 7)) - 0x84
    return (-size if byte & 0x80 else size) / 32768


_FROM_MULAW = [_linear(byte) for byte in range(256)]
_KBPS_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_KBPS_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
"""Bit rates by the number in a frame's header."""
_ADTS_HZ = (96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000)
_READERS = {"s16": _s16, "f32": _floats, "mulaw": _mulaw, "wav": _wav}
