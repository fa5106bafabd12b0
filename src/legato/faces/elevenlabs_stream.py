"""ElevenLabs' stream-input WebSocket: one utterance per socket.

Rules:
- The utterance begins with the first text that is not blank; a blank message before that opens the stream, or keeps it alive.
- The empty text ends it: the last audio follows, then one `isFinal`, then the socket closes with 1000.
- Every error is sent as `{message, error, code}` and ends the stream: `over` tells the server to close the socket.
- Nothing is sent after the end.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from legato.domain import events, replies
from legato.domain.audio import AudioFormat
from legato.domain.errors import Reason, SpeechError
from legato.domain.replies import Reply
from legato.domain.speech import NOTHING_ASKED
from legato.faces import elevenlabs_requests as requests
from legato.faces.elevenlabs_alignment import Aligner
from legato.faces.elevenlabs_frames import audio_messages, encoded, final, last_words
from legato.faces.elevenlabs_requests import ElevenLabsSwitches
from legato.faces.errors import bad_frame
from legato.faces.joins import Joiner
from legato.faces.json_objects import read_object
from legato.faces.numbers import is_set
from legato.faces.surrogates import without_surrogates
from legato.ports import Accepted, Refusal, RequestHead

_SPOKEN = "speech"
_NOTHING_SAID = "final"


class ElevenLabsStreamInput:
    """`GET /v1/text-to-speech/{voice_id}/stream-input`, one object per connection.

    Args:
        request_id: goes back as `request-id`.
        voices: names in the catalogue.
        switches: what the vendor leaves open.
    """

    name = "elevenlabs"

    def __init__(
        self, request_id: str, voices: Collection[str], switches: ElevenLabsSwitches | None = None
    ) -> None:
        self._request_id = request_id
        self._voices = voices
        self._switches = switches or ElevenLabsSwitches()
        self._format: AudioFormat | None = None
        self._eager = False
        self._aligner: Aligner | None = None
        self._options = NOTHING_ASKED
        self._joiner = Joiner()
        self._begun = False
        self._ended = False
        self._over = False
        self._failed: SpeechError | None = None

    @property
    def headers(self) -> Mapping[str, str]:
        """The request's id."""
        return {"request-id": self._request_id}

    @property
    def eager(self) -> bool:
        """Whether each message is to be spoken at once (`auto_mode`), so that nothing may buffer the text."""
        return self._eager

    @property
    def over(self) -> bool:
        """Whether everything was sent, so that the server closes the socket."""
        return self._over

    def key(self, head: RequestHead) -> str:
        """The key, from the headers or the query."""
        return requests.client_key(head)

    def late_key(self, frame: bytes | str) -> str:
        """The key, from the first message."""
        return requests.message_key(frame)

    def open(self, head: RequestHead) -> Accepted | Refusal:
        """Read path and query; a bad one fails the handshake."""
        try:
            opening = requests.opening(head, self._voices, self._switches)
        except SpeechError as error:
            return self.refuse(error)
        self._format = opening.audio_format
        self._eager = is_set(head.query.get("auto_mode"))
        self._aligner = Aligner(self._format.sample_rate_hz, self._switches.alignment.known())
        return Accepted(self.headers, (opening,))

    def parse(self, frame: bytes | str) -> Sequence[events.ClientEvent]:
        """What a message means; nothing once the text has ended. Never raises."""
        if self._ended or self._over:
            return ()
        try:
            return self._understand(read_object(frame))
        except SpeechError as error:
            return (events.Refused(error),)

    def render(self, reply: Reply) -> Sequence[bytes | str]:
        """Messages that carry the reply."""
        if self._over:
            return ()
        return [encoded(message) for message in self._told(reply)]

    def refuse(self, error: SpeechError) -> Refusal:
        """The HTTP response to a failed handshake."""
        return requests.refusal(error, self._request_id)

    def farewell(self, error: SpeechError | None) -> tuple[int, str]:
        """Close code 1000 after `isFinal`, else that of the error."""
        return requests.farewell(self._failed or error)

    # --- from the client

    def _understand(self, message: Mapping[str, Any]) -> Sequence[events.ClientEvent]:
        text = message.get("text")
        flushes = is_set(message.get("flush"))
        if not isinstance(text, str) and not (text is None and flushes):
            raise bad_frame("text must be a string")
        if message.get("voice_settings") is not None and not self._begun:
            self._options = requests.speed_of(message["voice_settings"])
        if text == "":
            return self._end()
        said = self._say(text) if text else ()
        return (*said, events.Flush(_SPOKEN)) if flushes and self._begun else said

    def _say(self, text: str) -> Sequence[events.ClientEvent]:
        assert self._aligner is not None, "open comes first"
        begun: Sequence[events.ClientEvent] = ()
        if not self._begun:
            if not text.strip():
                return ()
            self._begun = True
            begun = (events.Begin(_SPOKEN, options=self._options),)
        text = self._joiner.add(without_surrogates(text))
        self._aligner.typed(text)
        return (*begun, events.Text(_SPOKEN, text))

    def _end(self) -> Sequence[events.ClientEvent]:
        self._ended = True
        if self._begun:
            return (events.End(_SPOKEN), events.HalfClosed())
        return (events.Ping(_NOTHING_SAID), events.HalfClosed())

    # --- to the client

    def _told(self, reply: Reply) -> Sequence[Mapping[str, object]]:
        assert self._format is not None, "open comes first"
        assert self._aligner is not None, "open comes first"
        if isinstance(reply, replies.AudioChunk):
            return list(audio_messages(reply, self._format, self._aligner))
        if isinstance(reply, replies.WordSpoken):
            self._aligner.spoken(reply)
        if isinstance(reply, replies.UtteranceFinished):
            return self._finished()
        if isinstance(reply, replies.UtteranceFailed | replies.StreamError):
            return self._broken(reply.error)
        if isinstance(reply, replies.UtteranceCancelled) or reply == replies.Pong(_NOTHING_SAID):
            return self._final()
        return ()

    def _finished(self) -> Sequence[Mapping[str, object]]:
        assert self._aligner is not None, "open comes first"
        last = list(last_words(self._aligner))
        if self._ended:
            return (*last, *self._final())
        error = SpeechError(Reason.IDLE_TIMEOUT, "no more text came, and no empty text marked its end")
        return (*last, *self._broken(error))

    def _final(self) -> Sequence[Mapping[str, object]]:
        self._over = True
        return (final(),)

    def _broken(self, error: SpeechError) -> Sequence[Mapping[str, object]]:
        self._over = True
        self._failed = error
        return (requests.error_message(error),)
