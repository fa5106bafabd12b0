"""What a client of ElevenLabs' text-to-dialogue WebSocket is told: audio and its times, the ends of turns and contexts, errors."""

from collections.abc import Mapping, Sequence

from legato.domain import replies
from legato.domain.errors import Reach, SpeechError
from legato.domain.replies import Reply
from legato.faces import elevenlabs_requests as requests
from legato.faces.elevenlabs_alignment import CharTimes
from legato.faces.elevenlabs_books import FINAL, UNKNOWN
from legato.faces.elevenlabs_dialogue_book import DialogueBook, DialogueContext, DialogueTurn
from legato.faces.elevenlabs_frames import timed
from legato.faces.errors import REFUSED_AT_BEGIN


class DialogueAnswers:
    """Messages to one client.

    Args:
        book: what is open.
    """

    def __init__(self, book: DialogueBook) -> None:
        self._book = book
        self._opened = False
        self.failed: SpeechError | None = None
        """The error that has ended the stream."""

    def told(self, reply: Reply) -> Sequence[Mapping[str, object]]:
        """Return the messages that carry a reply; none for what the dialect does not tell."""
        if isinstance(reply, replies.Opened):
            self._opened = True
        if isinstance(reply, replies.StreamError):
            return self._error(reply.error)
        if isinstance(reply, replies.Pong) and reply.payload.startswith(FINAL):
            context = self._book.live.get(reply.payload.removeprefix(FINAL))
            return () if context is None else self._final(context)
        turn = self._book.turns.get(getattr(reply, "utterance_id", ""))
        if turn is None:
            return ()
        if isinstance(reply, replies.AudioChunk):
            return self._audio(turn, reply)
        if isinstance(reply, replies.WordSpoken):
            turn.aligner.spoken(reply)
        elif isinstance(reply, replies.Flushed):
            turn.flushes -= 1
            return (_turn_end(turn.context),) if turn.context.serial in self._book.live else ()
        elif isinstance(reply, replies.UtteranceFinished | replies.UtteranceCancelled):
            return self._ended(reply.utterance_id, turn)
        elif isinstance(reply, replies.UtteranceFailed):
            self._book.end(reply.utterance_id)
            return self._failure(turn.context, reply.error)
        return ()

    def _audio(self, turn: DialogueTurn, chunk: replies.AudioChunk) -> Sequence[Mapping[str, object]]:
        assert self._book.audio_format is not None, "open comes first"
        if turn.context.serial not in self._book.live:
            return ()
        return [
            {"audio": data, **_times(times), "context_id": turn.context.name}
            for data, times in timed(chunk, self._book.audio_format, turn.aligner)
        ]

    def _ended(self, utterance_id: str, turn: DialogueTurn) -> Sequence[Mapping[str, object]]:
        self._book.end(utterance_id)
        context = turn.context
        context.turns -= 1
        if context.writing == utterance_id:
            context.writing = ""  # it ended by itself: the next text begins another
        if context.serial not in self._book.live:
            return ()
        rest = turn.aligner.rest()
        last = () if rest is None else ({"audio": None, **_times(rest), "context_id": context.name},)
        final = self._final(context) if context.is_closed and not context.turns else ()
        end = () if turn.is_told else (_turn_end(context),)
        return (*last, *end, *final)

    def _final(self, context: DialogueContext) -> Sequence[Mapping[str, object]]:
        del self._book.live[context.serial]
        return ({"is_final": True, "context_id": context.name},)

    def _failure(self, context: DialogueContext, error: SpeechError) -> Sequence[Mapping[str, object]]:
        if context.serial not in self._book.live:
            return ()
        self._book.drop(context)
        told = {**requests.error_message(error), "context_id": context.name}
        return (told, *self._final(context))

    def _error(self, error: SpeechError) -> Sequence[Mapping[str, object]]:
        message = requests.error_message(error)
        if error.utterance_id.startswith(UNKNOWN):
            name = error.utterance_id.removeprefix(UNKNOWN)
            told = {**message, "context_id": name}
            if any(context.name == name for context in self._book.live.values()):
                return (told,)
            self._book.broken.add(name)
            return (told, {"is_final": True, "context_id": name})
        turn = self._book.turns.get(error.utterance_id)
        if turn is not None and error.reason in REFUSED_AT_BEGIN:
            self._book.end(error.utterance_id)
            return self._failure(turn.context, error)
        if error.properties.reach is Reach.STREAM or not self._opened:
            self.failed = error
        elif error.utterance_id and turn is None:
            return ()
        return (message if turn is None else {**message, "context_id": turn.context.name},)


def _turn_end(context: DialogueContext) -> Mapping[str, object]:
    return {"is_final_audio_for_turn": True, "context_id": context.name}


def _times(times: CharTimes | None) -> Mapping[str, object]:
    if times is None:
        return {}
    return {"alignment": times.in_snake_ms()}
