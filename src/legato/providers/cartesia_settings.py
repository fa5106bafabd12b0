"""What Cartesia's WebSocket and its HTTP endpoint share: options, the fields of a generation, errors.

Sources: the vendor's documentation, its SDK.
"""

import re
from collections.abc import Mapping

from legato.domain.delivery import PLAIN, Delivery, Takes
from legato.domain.errors import Reason
from legato.domain.ipa import sounds_of, untied
from legato.domain.languages import primary_subtag
from legato.domain.speech import Route
from legato.ports import LineRequest
from legato.providers.phonemes import UNMARKED, Markup
from legato.providers.route_options import FIELDS, TEXT, Kinds, OneOf, clamped

KINDS: Kinds = {
    "model_id": TEXT,
    "language": TEXT,
    "sample_rate": OneOf((8_000, 16_000, 22_050, 24_000, 44_100, 48_000)),
    "generation_config": FIELDS,
    "pronunciation_dict_id": TEXT,
}
REASONS: Mapping[str, Reason] = {
    "concurrency_limited": Reason.VENDOR_QUOTA,
    "quota_exceeded": Reason.VENDOR_QUOTA,
    "rate_limited": Reason.VENDOR_QUOTA,
    "voice_not_found": Reason.VENDOR_REJECTED,
    "model_not_found": Reason.VENDOR_REJECTED,
}
VERSION = "2026-03-01"
_MODEL = "sonic-3"
_LEAST_SPEED = 0.6
_VOLUMES = (0.5, 2.0)
_VOLUMES_DB = (-6.0, 6.0)
_WITHOUT_CONTROLS = ("sonic-3.5", "sonic-3-latest", "sonic-latest")
"""Models on which speed and volume are switched off for now, or may be."""
_LONGEST_BREAK_S = 10.0
_OF_OLD = re.compile(r"sonic|sonic-2024.*|sonic-english|sonic-multilingual|upbeat-moon")
"""Models with a notation of their own for English sounds."""
_MOST_MARKS = 200
_LAUGHING = ("sonic-3", "sonic-latest")
_LAUGHTER = frozenset({"laughter"})
"""The only audio tag that these models know."""


def takes_of(route: Route, most_speed: float, *, breaks: bool, by_run: bool) -> Takes:
    """What a route supports.

    Args:
        route: voice and model.
        most_speed: the vendor's fastest speed.
        breaks: whether pauses go with the text.
        by_run: whether settings are fixed for a context; otherwise each request has its own.
    """
    model = str(route.options.get("model_id", _MODEL))
    controls = not model.startswith(_WITHOUT_CONTROLS)
    return Takes(
        rate=(_LEAST_SPEED, most_speed) if controls else None,
        volume=_VOLUMES_DB if controls else None,
        language="language" not in route.options,
        pause_s=_LONGEST_BREAK_S if breaks else 0.0,
        by_run=by_run,
        directions=_LAUGHTER if model.startswith(_LAUGHING) else frozenset(),
    )


def markup_of(route: Route, *, wanted: bool) -> Markup:
    """How pronunciations are written for this route's model, if it takes them and they are wanted."""
    model = str(route.options.get("model_id", _MODEL))
    return _MARKUP if wanted and not _OF_OLD.fullmatch(model) else UNMARKED


def _pronounced(word: str, ipa: str) -> str:
    """Each word in a mark of its own, its sounds with bars between them."""
    words = ["|".join(untied(sound) for sound in sounds_of(said)) for said in ipa.split()]
    marks = " ".join(f"<<{said}>>" for said in words if said)
    return marks if marks and len(marks) <= _MOST_MARKS else word


_MARKUP = Markup(_pronounced)


def pause_of(pause_ms: int) -> str:
    """The mark for a pause after a text; empty for none."""
    return f'<break time="{pause_ms}ms"/>' if pause_ms else ""


def credentials(secret: str) -> Mapping[str, str]:
    """The key as a bearer token."""
    return {"Authorization": f"Bearer {secret}"} if secret else {}


def generation(
    request: LineRequest, sample_rate_hz: int, most_speed: float, delivery: Delivery = PLAIN
) -> dict[str, object]:
    """Return the fields of a generation but its text; within a context they stay the same.

    Args:
        request: voice, options, language and speed.
        sample_rate_hz: rate of the raw s16le audio that is asked for.
        most_speed: the vendor's fastest speed.
        delivery: what the text asks for on top of that, as far as the route supports it.
    """
    options = request.route.options
    asked = request.options.delivered(delivery)
    fields: dict[str, object] = {
        "model_id": options.get("model_id", _MODEL),
        "voice": {"mode": "id", "id": request.route.voice},
        "output_format": {"container": "raw", "encoding": "pcm_s16le", "sample_rate": sample_rate_hz},
    }
    language = options.get("language") or primary_subtag(delivery.language or request.language)
    if language:
        fields["language"] = language
    chosen = options.get("generation_config")
    config: dict[str, object] = dict(chosen) if isinstance(chosen, Mapping) else {}
    speed = clamped(asked.speed, _LEAST_SPEED, most_speed)
    if speed is not None:
        config["speed"] = speed
    if asked.volume:
        config["volume"] = round(clamped(10 ** (asked.volume / 20), *_VOLUMES) or 1.0, 3)
    if config:
        fields["generation_config"] = config
    if "pronunciation_dict_id" in options:
        fields["pronunciation_dict_id"] = options["pronunciation_dict_id"]
    return fields
