"""ElevenLabs' multi-context WebSocket: contexts by name, audio as base64 in JSON, character times.

Rules:
- A run is a context. It opens with a blank text, each segment ends in a blank, and closing it after a flush gives its end:
  `isFinal`. Cancelling closes it as well; it counts until `isFinal`.
- The model, the format, the language and the voice belong to the connection and are in the URL.
- Characters' times place the words; a segment's marker follows when its last letter or digit has been passed.
- The id comes as `contextId` or `context_id`, and durations as `charDurationsMs` or `charsDurationsMs`: both are read, so
  no switch is needed.

Sources: the vendor's AsyncAPI file, its SDK, and the clients of two voice frameworks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from legato.domain.delivery import Takes
from legato.domain.errors import Reason, SpeechError
from legato.domain.events import Failed, Lost
from legato.domain.speech import Route, UtteranceOptions
from legato.domain.text import Reading, TextLevel
from legato.domain.vendors import (
    Incoming,
    Outgoing,
    Place,
    ResponseHead,
    Transport,
    VendorLimits,
    VendorTraits,
)
from legato.ports import LineRequest
from legato.providers.alignment import Timed, TimesFrom
from legato.providers.contexts import Contexts, Speaking, Told
from legato.providers.elevenlabs_settings import (
    KINDS,
    REASONS,
    acts,
    character_times,
    credentials,
    language_of,
    markup_of,
    pause_of,
    takes_of,
    voice_settings,
)
from legato.providers.json_frames import audio_of, compact, json_object
from legato.providers.phonemes import UNMARKED, marked
from legato.providers.route_options import checked, rate_of, with_query
from legato.providers.status_codes import closing, complaint, refusal, unreadable

URL = "wss://api.elevenlabs.io"
LIMITS = VendorLimits(runs_per_line=5, keep_alive_s=10.0, context_idle_s=180.0, idle_s=180.0)
"""Five contexts on a connection, closing ones included. Concurrency depends on the plan: the pool learns it."""
_VENDOR = "elevenlabs"


@dataclass(frozen=True, slots=True)
class Switches:
    """What sources leave open.

    Args:
        times_count_from: the message or the context; the specification says the message, one client reads the context.
        auto_mode: the vendor speaks each message at once; otherwise every segment carries `flush`.
        normalized_times: the times of the vendor's normalised text are used where those of the text itself are missing.
        sync_alignment: times are requested that are synchronised with the audio.
        ssml_phonemes: models that take SSML's `phoneme` get pronunciations and are asked to parse SSML; all text is then escaped.
        breaks: models that read SSML's `break` get the pauses that the text asks for, up to three seconds.
    """

    times_count_from: TimesFrom = TimesFrom.MESSAGE
    auto_mode: bool = True
    normalized_times: bool = True
    sync_alignment: bool = True
    ssml_phonemes: bool = True
    breaks: bool = True


@dataclass(frozen=True, slots=True)
class ElevenLabs:
    """The dialect.

    Args:
        url: URL of the host.
        limits: what the vendor allows.
        switches: what sources leave open.
    """

    url: str = URL
    limits: VendorLimits = LIMITS
    switches: Switches = Switches()

    @property
    def traits(self) -> VendorTraits:
        """Contexts on a WebSocket, with word times."""
        return VendorTraits(
            Transport.WEBSOCKET,
            self.limits,
            TextLevel.CLEANED,
            keeps_context=True,
            word_times=True,
            cancels=True,
        )

    def takes(self, route: Route) -> Takes:
        """The speed, set for a context; the language, set for the connection; and pauses."""
        return takes_of(route.options, breaks=self.switches.breaks, by_run=True)

    def place(self, route: Route, language: str, options: UtteranceOptions) -> Place:
        """Voice, model, language and format belong to the connection.

        Raises:
            SpeechError: `vendor_rejected`: an option is not valid, or the vendor serves the model elsewhere.
        """
        chosen = checked(_VENDOR, route.options, KINDS)
        if acts(chosen) and self.url == URL:
            raise SpeechError(
                Reason.VENDOR_REJECTED,
                f"{_VENDOR} does not serve {chosen['model_id']} over this WebSocket: use a provider with the dialect elevenlabs_rest",
            )
        rate = rate_of(chosen, 24_000)
        markup = markup_of(chosen, ssml=self.switches.ssml_phonemes)
        idle_s = int(min(self.limits.context_idle_s or 180, 180))
        query = {
            "model_id": chosen.get("model_id"),
            "output_format": f"pcm_{rate}",
            "language_code": language_of(chosen, language),
            "enable_ssml_parsing": True if markup is not UNMARKED else None,
            "inactivity_timeout": idle_s,
            "auto_mode": self.switches.auto_mode,
            "sync_alignment": self.switches.sync_alignment,
            "apply_text_normalization": chosen.get("apply_text_normalization"),
            "enable_logging": chosen.get("enable_logging"),
            "seed": chosen.get("seed"),
        }
        path = f"/v1/text-to-speech/{quote(route.voice, safe='')}/multi-stream-input"
        return Place(with_query(self.url.rstrip("/") + path, query), sample_rate_hz=rate)

    def credentials(self, secret: str) -> Mapping[str, str]:
        """The key in the vendor's own header."""
        return credentials(secret)

    def connect(self, place: Place) -> "ElevenLabsConnection":
        """A new connection."""
        return ElevenLabsConnection(place.sample_rate_hz, self.switches)


class ElevenLabsConnection:
    """One connection.

    Args:
        sample_rate_hz: rate of the audio.
        switches: what sources leave open.
    """

    def __init__(self, sample_rate_hz: int, switches: Switches) -> None:
        self._switches = switches
        self._contexts = Contexts(sample_rate_hz)

    @property
    def open_runs(self) -> int:
        """Runs whose context the vendor has not ended."""
        return self._contexts.open_runs

    def greet(self, now: float) -> Sequence[Outgoing]:
        """No frames."""
        return ()

    def begin(self, run: int, request: LineRequest, now: float) -> Sequence[Outgoing]:
        """Open the run's context."""
        return (self._opening(self._contexts.begin(run, request)),)

    def say(self, run: int, segment: int, reading: Reading, now: float) -> Sequence[Outgoing]:
        """The segment, in a new context if the vendor has ended the last one."""
        speaking = self._contexts.of_run(run)
        if speaking is None:
            return ()
        opening = () if speaking.context else (self._opening(speaking),)
        self._contexts.said(speaking, segment, reading)
        markup = markup_of(speaking.request.route.options, ssml=self._switches.ssml_phonemes)
        takes = takes_of(speaking.request.route.options, breaks=self._switches.breaks, by_run=True)
        text = "".join(marked(reading, markup, after=pause_of(reading.pause_ms, takes) + " "))
        message: dict[str, object] = {"text": text, "context_id": speaking.context}
        if not self._switches.auto_mode:
            message["flush"] = True
        return (*opening, compact(message))

    def end_input(self, run: int, now: float) -> Sequence[Outgoing]:
        """Flush and close the context; if the vendor has ended it, an empty one, so that its end is heard."""
        speaking = self._contexts.of_run(run)
        if speaking is None:
            return ()
        speaking.ended = True
        opening = () if speaking.context else (self._opening(speaking),)
        flush = compact({"text": "", "context_id": speaking.context, "flush": True})
        return (*opening, flush, _closing(speaking.context))

    def cancel(self, run: int, now: float) -> Sequence[Outgoing]:
        """Close the context."""
        speaking = self._contexts.cancel(run)
        return (_closing(speaking.context),) if speaking else ()

    def keep_alive(self, now: float) -> Sequence[Outgoing]:
        """An empty text for each open context; an idle connection has none."""
        open_runs = [
            speaking for speaking in self._contexts.heard_runs() if speaking.context and not speaking.ended
        ]
        return [compact({"text": "", "context_id": speaking.context}) for speaking in open_runs]

    def hear(self, frame: Incoming, now: float) -> Told:
        """Audio, words, markers and ends of contexts."""
        if not isinstance(frame, str | bytes) or not frame:
            return ()
        message = json_object(frame)
        if message is None:
            failed = unreadable(_VENDOR, "a frame that is not a JSON object")
            return self._contexts.fail(None, failed, is_over=False)
        context = message.get("contextId") or message.get("context_id")
        speaking = self._contexts.named(context)
        if message.get("error"):
            if context and (speaking is None or context != speaking.context):
                return ()  # from a context that is over, or was left behind: no other is hurt
            return self._contexts.fail(speaking, _complaint(message), is_over=True)
        if speaking is None:
            return ()
        told = self._sounded(speaking, message)
        if message.get("isFinal") or message.get("is_final"):
            return (*told, *self._contexts.ended(speaking, str(context)))
        return told

    def refused(self, answer: ResponseHead, body: bytes) -> Failed:
        """Why the handshake failed."""
        return refusal(_VENDOR, answer, body, REASONS)

    def broke(self, code: int, words: str) -> Failed | Lost:
        """The close reason may carry the vendor's code."""
        return closing(_VENDOR, code, words, REASONS)

    def _opening(self, speaking: Speaking) -> str:
        message: dict[str, object] = {"text": " ", "context_id": self._contexts.open(speaking)}
        settings = voice_settings(speaking.request.route, speaking.request.options)
        if settings:
            message["voice_settings"] = settings
        locators = speaking.request.route.options.get("pronunciation_dictionary_locators")
        if locators:
            message["pronunciation_dictionary_locators"] = locators
        return compact(message)

    def _sounded(self, speaking: Speaking, message: Mapping[str, object]) -> Told:
        encoded = message.get("audio")
        timed = None if speaking.silent else self._times(message)
        by_message = self._switches.times_count_from is TimesFrom.MESSAGE
        offset_ms = self._contexts.given_ms(speaking) if by_message else self._contexts.context_ms(speaking)
        data = audio_of(encoded) if encoded else b""
        if data is None:
            failed = unreadable(_VENDOR, "audio that is not base64")
            return self._contexts.fail(speaking, failed, is_over=False)
        told = self._contexts.audio(speaking, data)
        if timed is None:
            return (*self._contexts.untimed(speaking), *told) if told else ()
        words = self._contexts.words(speaking, timed, offset_ms)
        return (*told, *words, *self._contexts.marked(speaking, speaking.alignment.passed()))

    def _times(self, message: Mapping[str, object]) -> Timed | None:
        timed = character_times(message.get("alignment"))
        if timed is None and self._switches.normalized_times:
            timed = character_times(message.get("normalizedAlignment") or message.get("normalized_alignment"))
        return timed


def _closing(context: str) -> str:
    return compact({"context_id": context, "close_context": True})


def _complaint(message: Mapping[str, object]) -> Failed:
    # The number beside the error is the close code that follows; the error's own name says more.
    told = {name: message.get(name) for name in ("error", "message")}
    return complaint(_VENDOR, told, REASONS, Reason.VENDOR_REJECTED)
