"""What both sides of an HTTP/2 connection need: h2 as we use it, bounds on heads and control frames, and what is sent.

Rules:
- h2 does not validate header fields, since to it a bad one breaks the whole connection instead of its call. Whoever reads the fields does.
- h2 sends no GOAWAY by itself: it names a wrong code for broken HPACK, and counts streams that were refused after the goodbye.
- Ordinary DATA and incoming WINDOW_UPDATE are handled here on h2's own windows: in h2 they cost 6 us each. Unusual cases are left to h2.
"""

from typing import Any

from h2.config import H2Configuration
from h2.connection import ConnectionState, H2Connection
from h2.errors import ErrorCodes
from h2.exceptions import ProtocolError
from h2.stream import StreamState
from hpack import Encoder, HPACKError

from gateway.rpc import frames
from gateway.rpc.frames import Cutter, Frame, FrameError
from gateway.rpc.guards import AbuseError, Budget
from gateway.rpc.limits import Limits
from gateway.rpc.metadata import Fields

_TABLE_BYTES = 4096
"""Size of the HPACK table for what we send, whatever the peer offers: each field is compared with all that are in it."""
_MAX_WINDOW = 2**31 - 1
_RECEIVING = frozenset({StreamState.OPEN, StreamState.HALF_CLOSED_LOCAL})
_WILD = 8
"""A head that exceeds its bound this many times over ends the connection; a smaller excess ends only its call."""


class _H2(H2Connection):
    """h2, adapted: it remembers less of closed streams, and leaves it to us to answer a peer that violates HTTP/2."""

    MAX_CLOSED_STREAMS = 1024

    def _terminate_connection(self, error_code: ErrorCodes) -> None:
        """Send nothing: the caller, which gets the error, answers the peer."""

    def count(self, stream_id: int, size: int) -> bool:
        """Count ordinary DATA against the windows of its stream and of the connection.

        Returns:
            Whether it was counted; if not, h2 is to read it, and tells what is wrong.
        """
        stream = self.streams.get(stream_id)
        if stream is None or stream.state_machine.state not in _RECEIVING:
            return False
        if stream._expected_content_length is not None:  # noqa: SLF001 what has come is added up by h2
            return False
        window = stream._inbound_window_manager  # noqa: SLF001 there is no other way to it
        shared = self._inbound_flow_control_window_manager
        if size > window.current_window_size or size > shared.current_window_size:
            return False
        window.window_consumed(size)
        shared.window_consumed(size)
        return True

    def close(self) -> None:
        """Drop the references to its own methods, which would keep it alive."""
        self._frame_dispatch_table.clear()


class _PlainEncoder(Encoder):
    """HPACK without Huffman codes: in hpack they take time quadratic in a text's length, and status messages quote clients.

    The table is bounded, and its changes are told as a decoder wants it (RFC 7541, section 4.2): the least size since the last fields, and
    the last. hpack tells each one, also those that the peer does not allow any more, and none once the same size is set again.
    """

    @property
    def header_table_size(self) -> int:
        """The table's size."""
        return self.header_table.maxsize

    @header_table_size.setter
    def header_table_size(self, value: int) -> None:
        size = min(value, _TABLE_BYTES)
        if size == self.header_table.maxsize:
            return
        self.header_table.maxsize = size  # it counts as resized until the change is told
        least = min(self.table_size_changes, default=size)
        self.table_size_changes = [least, size] if least < size else [size]

    def encode(self, headers: Any, huffman: bool = False) -> bytes:  # noqa: ANN401, FBT001, FBT002 hpack's own signature
        """Encode a header block."""
        return super().encode(headers, huffman=huffman)


class CommonWire:
    """One side of one connection, without a socket.

    Args:
        limits: bounds of it.
        cutter: splits what the peer sends.
        control: how many frames that say nothing the peer may send.
    """

    client_side = False

    def __init__(self, limits: Limits, cutter: Cutter, control: Budget) -> None:
        self._limits = limits
        self._cutter = cutter
        self._h2 = _H2(_config(client_side=self.client_side))
        self._h2.encoder = _PlainEncoder()
        self._h2.decoder.max_header_list_size = _WILD * limits.head_bytes
        self._control = control
        self._head_bytes = 0
        self._settled = self._acknowledges = False
        self._sent = False
        """Whether something of a call was sent, until somebody takes note of it."""

    @property
    def settled(self) -> bool:
        """Whether the peer's settings have arrived."""
        return self._settled

    def close(self) -> None:
        """The connection is closed."""
        self._h2.close()

    # --- in -----------------------------------------------------------------------------------------------------------

    def _settle(self, frame: Frame) -> None:
        """Check the first frame."""
        if not self._settled:
            if frame.kind != frames.SETTINGS or frame.flags & frames.ACK:
                raise FrameError("the first frame must be SETTINGS")
            self._settled = True

    def _look_at_head(self, frame: Frame) -> None:
        self._head_bytes += frame.length + frames.HEAD_BYTES
        if self._head_bytes > _WILD * self._limits.head_bytes:
            raise AbuseError("the headers of a message are too long")
        if frame.flags & frames.END_HEADERS:
            self._head_bytes = 0

    def _received(self, frame: Frame) -> Any:  # noqa: ANN401 a list of h2's events
        """Let h2 interpret a frame."""
        if frame.kind != frames.SETTINGS:
            return self._h2.receive_data(frame.raw)
        self._acknowledges = True
        return self._h2.receive_data(frames.known_settings(frame))

    def _widened(self, frame: Frame) -> bool:
        """Handle an ordinary WINDOW_UPDATE: the peer has room for more."""
        increment = int.from_bytes(frame.raw[frames.HEAD_BYTES :], "big")
        if not 0 < increment <= _MAX_WINDOW or len(frame.raw) != frames.HEAD_BYTES + 4 or self._head_bytes:
            return False
        widened = self._h2.streams.get(frame.stream_id) if frame.stream_id else self._h2
        if widened is None or not self._settled:
            return False
        if widened.outbound_flow_control_window + increment > _MAX_WINDOW:
            return False
        widened.outbound_flow_control_window += increment
        return True

    # --- out ----------------------------------------------------------------------------------------------------------

    def output(self) -> bytes:
        """Take the bytes to send."""
        self._acknowledges = False
        return self._h2.data_to_send()

    def room(self, stream_id: int) -> int:
        """How many bytes may be sent on a stream now, in one frame."""
        h2 = self._h2
        stream = h2.streams.get(stream_id)
        if stream is None:
            return 0
        return min(
            stream.outbound_flow_control_window, h2.outbound_flow_control_window, h2.max_outbound_frame_size
        )

    def data(self, stream_id: int, size: int) -> bytes:
        """The header of a DATA frame of this size, which must fit the windows.

        If they are the peer's since a moment ago, our acknowledgement comes first: it relies on its settings only from there on.
        """
        h2 = self._h2
        self._sent = True
        h2.outbound_flow_control_window -= size
        h2.streams[stream_id].outbound_flow_control_window -= size
        head = frames.head(frames.DATA, 0, stream_id, size)
        return self.output() + head if self._acknowledges else head

    def head(self, stream_id: int, fields: Fields, *, end: bool = False) -> None:
        """Send a head or trailers; nothing if the peer has ended the stream."""
        if self.is_open(stream_id):
            self._sent = True
            self._h2.send_headers(stream_id, fields, end_stream=end)

    def is_open(self, stream_id: int) -> bool:
        """Whether the stream has a side that has not ended, and the connection is open."""
        if self._h2.state_machine.state is ConnectionState.CLOSED:
            return False
        stream = self._h2.streams.get(stream_id)
        return stream is not None and not stream.closed

    def reset(self, stream_id: int, code: ErrorCodes) -> None:
        """Reset a stream, unless it has ended."""
        if self.is_open(stream_id):
            self._h2.reset_stream(stream_id, code)

    def part(self, code: ErrorCodes, words: bytes, last_stream_id: int | None = None) -> None:
        """Send a GOAWAY that ends the connection and says why.

        Args:
            code: the error code.
            words: a message for whoever debugs the peer.
            last_stream_id: as an earlier GOAWAY named it; `None` if there was none.
        """
        self._h2.close_connection(code, words, last_stream_id)


def fault(error: ProtocolError) -> tuple[ErrorCodes, str]:
    """A violation of HTTP/2 as a GOAWAY tells it: the code, and words of our own, since h2's may contain memory addresses."""
    if isinstance(error.__cause__, HPACKError) and error.error_code is ErrorCodes.PROTOCOL_ERROR:
        return ErrorCodes.COMPRESSION_ERROR, ""
    return ErrorCodes(error.error_code), str(error) if isinstance(error, FrameError) else ""


def _config(*, client_side: bool) -> H2Configuration:
    return H2Configuration(
        client_side=client_side,
        header_encoding=None,
        validate_inbound_headers=False,
        validate_outbound_headers=False,
        normalize_outbound_headers=False,
    )
