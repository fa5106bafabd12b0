"""What ElevenLabs' WebSocket and its HTTP endpoints share: options, voice settings, errors, character times.

Sources: the vendor's OpenAPI and AsyncAPI files, its page of error messages.
"""

from collections.abc import Mapping
from html import escape

from legato.domain.delivery import Takes
from legato.domain.errors import Reason
from legato.domain.languages import primary_subtag
from legato.domain.speech import Route, UtteranceOptions
from legato.domain.stage_directions import ANY_DIRECTION
from legato.providers.alignment import Timed
from legato.providers.json_frames import numbers_of, strings_of
from legato.providers.phonemes import UNMARKED, Markup
from legato.providers.route_options import FIELDS, FLAG, LIST, TEXT, Between, Kinds, OneOf, clamped

KINDS: Kinds = {
    "model_id": TEXT,
    "language_code": TEXT,
    "sample_rate": OneOf((8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)),
    "voice_settings": FIELDS,
    "pronunciation_dictionary_locators": LIST,
    "apply_text_normalization": OneOf(("auto", "on", "off")),
    "enable_logging": FLAG,
    "seed": Between(0, 4_294_967_295),
}
REASONS: Mapping[str, Reason] = {
    "quota_exceeded": Reason.VENDOR_QUOTA,
    "max_active_conversations": Reason.VENDOR_QUOTA,
    "too_many_concurrent_requests": Reason.VENDOR_QUOTA,
    "system_busy": Reason.VENDOR_QUOTA,
    "input_timeout_exceeded": Reason.VENDOR_TIMEOUT,
    "invalid_api_key": Reason.VENDOR_REJECTED,
    "invalid_input_message": Reason.VENDOR_REJECTED,
    "detected_unusual_activity": Reason.VENDOR_REJECTED,
    "max_character_limit_exceeded": Reason.VENDOR_REJECTED,
    "voice_not_found": Reason.VENDOR_REJECTED,
}
_SPEEDS = (0.7, 1.2)
_WITH_LANGUAGE = ("eleven_turbo_v2_5", "eleven_flash_v2_5", "eleven_v3", "eleven_v4")
_WITH_PHONEMES = ("eleven_flash_v2", "eleven_turbo_v2", "eleven_monolingual_v1")
_ACTING = ("eleven_v3", "eleven_v4")
"""Models that read audio tags in brackets, pauses among them, but not `<break>`."""
_WITHOUT_BEFORE = "eleven_v3"
"""Models that refuse a request with the text before."""
_READS_IPA = "eleven_v3"
"""Models that read IPA between slashes, of words and of phrases."""
_LONGEST_BREAK_S = 3.0
_MS = 1000.0


def takes_of(options: Mapping[str, object], *, breaks: bool, by_run: bool) -> Takes:
    """What a route supports: the speed, another language if the model is told one, and pauses or audio tags if it reads them.

    Args:
        options: the route's options.
        breaks: whether pauses go with the text.
        by_run: whether settings are fixed for a context; otherwise each request has its own.
    """
    model = str(options.get("model_id", ""))
    return Takes(
        rate=_SPEEDS,
        language=model.startswith(_WITH_LANGUAGE) and "language_code" not in options,
        pause_s=_LONGEST_BREAK_S if breaks and not model.startswith(_ACTING) else 0.0,
        by_run=by_run,
        directions=ANY_DIRECTION if model.startswith(_ACTING) else frozenset(),
    )


def acts(options: Mapping[str, object]) -> bool:
    """Whether the route's model acts audio tags: the vendor serves those over HTTP, not over the multi-context WebSocket."""
    return str(options.get("model_id", "")).startswith(_ACTING)


def hears_before(options: Mapping[str, object]) -> bool:
    """Whether the route's model may be told what was said before."""
    return not str(options.get("model_id", "")).startswith(_WITHOUT_BEFORE)


def pause_of(pause_ms: int, takes: Takes) -> str:
    """The mark for a pause after a text; empty for none."""
    seconds = min(pause_ms / _MS, takes.pause_s)
    return f' <break time="{seconds:g}s" />' if seconds else ""


def credentials(secret: str) -> Mapping[str, str]:
    """The key in the vendor's own header."""
    return {"xi-api-key": secret} if secret else {}


def language_of(options: Mapping[str, object], language: str) -> object:
    """The language to ask for: the route's, else the utterance's if the model takes one; `None` for none."""
    if "language_code" in options:
        return options["language_code"]
    model = str(options.get("model_id", ""))
    return primary_subtag(language) or None if model.startswith(_WITH_LANGUAGE) else None


def voice_settings(route: Route, options: UtteranceOptions) -> Mapping[str, object]:
    """The route's settings, and the speed that is asked for."""
    chosen = route.options.get("voice_settings")
    settings: dict[str, object] = dict(chosen) if isinstance(chosen, Mapping) else {}
    speed = clamped(options.speed, *_SPEEDS)
    return settings if speed is None else {**settings, "speed": speed}


def markup_of(options: Mapping[str, object], *, ssml: bool, ipa: bool = False) -> Markup:
    """How pronunciations are written for the route's model.

    Args:
        options: the route's options.
        ssml: whether models that take SSML's element get them so.
        ipa: whether models that read IPA between slashes get them so.
    """
    model = str(options.get("model_id", ""))
    if ipa and model.startswith(_READS_IPA):
        return _SLASHED
    return _SSML if ssml and model in _WITH_PHONEMES else UNMARKED


def character_times(alignment: object) -> Timed | None:
    """The WebSocket's times in milliseconds; `None` if they are missing or make no sense."""
    if not isinstance(alignment, dict):
        return None
    chars = strings_of(alignment.get("chars"))
    starts = numbers_of(alignment.get("charStartTimesMs") or alignment.get("char_start_times_ms"))
    spans = numbers_of(
        alignment.get("charDurationsMs")
        or alignment.get("charsDurationsMs")
        or alignment.get("char_durations_ms")
    )
    if chars is None or starts is None or spans is None or not len(chars) == len(starts) == len(spans):
        return None
    return Timed(chars, starts, [start + span for start, span in zip(starts, spans, strict=True)])


def character_seconds(alignment: object) -> Timed | None:
    """The HTTP endpoint's times, which are in seconds, with ends in place of durations."""
    if not isinstance(alignment, dict):
        return None
    chars = strings_of(alignment.get("characters"))
    starts = numbers_of(alignment.get("character_start_times_seconds"))
    ends = numbers_of(alignment.get("character_end_times_seconds"))
    if chars is None or starts is None or ends is None or not len(chars) == len(starts) == len(ends):
        return None
    return Timed(chars, [start * _MS for start in starts], [end * _MS for end in ends])


def _phoneme(run: str, ipa: str) -> str:
    """An element holds one word: a phrase gets one for each word if its IPA has as many, else it goes as it stands."""
    words, sounds = run.split(), ipa.split()
    if not words or len(words) != len(sounds):
        return _escaped(run)
    pairs = zip(words, sounds, strict=True)
    return " ".join(
        f'<phoneme alphabet="ipa" ph="{escape(said)}">{_escaped(word)}</phoneme>' for word, said in pairs
    )


def _between_slashes(run: str, ipa: str) -> str:
    return run if "/" in ipa else f"/{ipa}/"


def _escaped(text: str) -> str:
    return escape(text, quote=False)


_SSML = Markup(_phoneme, _escaped)
_SLASHED = Markup(_between_slashes)
