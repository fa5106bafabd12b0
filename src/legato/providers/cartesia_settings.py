"""What Cartesia's WebSocket and its HTTP endpoint share: options, the fields of a generation, errors.

Sources: the vendor's documentation, its SDK.
"""

from collections.abc import Mapping

from legato.domain.errors import Reason
from legato.ports import LineRequest
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


def credentials(secret: str) -> Mapping[str, str]:
    """The key as a bearer."""
    return {"Authorization": f"Bearer {secret}"} if secret else {}


def generation(request: LineRequest, sample_rate_hz: int, most_speed: float) -> dict[str, object]:
    """The fields of a generation that stay the same in a run.

    Args:
        request: voice, options, language and speed.
        sample_rate_hz: of the raw s16le audio that is asked for.
        most_speed: the vendor's fastest.
    """
    options = request.route.options
    fields: dict[str, object] = {
        "model_id": options.get("model_id", _MODEL),
        "voice": {"mode": "id", "id": request.route.voice},
        "output_format": {"container": "raw", "encoding": "pcm_s16le", "sample_rate": sample_rate_hz},
    }
    language = options.get("language") or request.language.partition("-")[0]
    if language:
        fields["language"] = language
    chosen = options.get("generation_config")
    config: dict[str, object] = dict(chosen) if isinstance(chosen, Mapping) else {}
    speed = clamped(request.options.speed, _LEAST_SPEED, most_speed)
    if speed is not None:
        config["speed"] = speed
    if config:
        fields["generation_config"] = config
    if "pronunciation_dict_id" in options:
        fields["pronunciation_dict_id"] = options["pronunciation_dict_id"]
    return fields
