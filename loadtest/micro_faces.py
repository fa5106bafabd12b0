"""What the native contract costs on each wire: microseconds for a message read or written.

python -m loadtest.bench faces
"""

from collections.abc import Iterable, Iterator

from legato.domain.replies import AudioChunk, WordMethod, WordSpoken
from legato.faces.native import SUBPROTOCOL, WEBSOCKET_PATH, NativeGrpc, NativeWebSocket
from legato.ports import RequestHead
from legato.v1 import speech_pb2
from loadtest.rows import Row, Step, measured

_CHUNK = AudioChunk("utterance-1", 1, 0, 48_000, bytes(960))
_WORD = WordSpoken("utterance-1", "hello", 0, 9_600, 0, 5, WordMethod.VENDOR)
_OPEN = speech_pb2.StreamRequest(open=speech_pb2.Open(voice="joe"))
_TEXT = speech_pb2.StreamRequest(text=speech_pb2.Text(utterance_id="utterance-1", text=" word"))


def rows() -> Iterable[Row]:
    """Return all steps, measured."""
    return measured(steps())


def steps() -> Iterator[Step]:
    """Yield the steps of both wires."""
    head = RequestHead("GET", WEBSOCKET_PATH, {}, {"sec-websocket-protocol": SUBPROTOCOL})
    grpc, websocket = NativeGrpc(), NativeWebSocket()
    for face in (grpc, websocket):
        face.open(head)
    grpc.parse(_OPEN.SerializeToString())
    websocket.parse('{"open": {"voice": "joe"}}')
    text, frame = _TEXT.SerializeToString(), '{"text": {"utteranceId": "utterance-1", "text": " word"}}'
    yield Step("gRPC: read a token", lambda: grpc.parse(text))
    yield Step("gRPC: write 20 ms of audio", lambda: grpc.render(_CHUNK))
    yield Step("gRPC: write a word", lambda: grpc.render(_WORD))
    yield Step("WebSocket: read a token", lambda: websocket.parse(frame))
    yield Step("WebSocket: write 20 ms of audio", lambda: websocket.render(_CHUNK))
    yield Step("WebSocket: write a word", lambda: websocket.render(_WORD))
