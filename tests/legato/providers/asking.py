"""What a vendor is sent for a text with a delivery of its own."""

import json

from legato.domain.speech import Principal, Route, UtteranceOptions
from legato.domain.text import Reading
from legato.domain.vendors import HttpRequest
from legato.ports import LineRequest


def sent(dialect, *readings, voice="v", options=None, speaking=UtteranceOptions(), pronunciations=()):  # noqa: B008 - frozen
    """Return every frame of a run that says these readings, with JSON and bodies as objects."""
    route = Route("p", voice, options or {})
    request = LineRequest(route, "en-US", speaking, Principal(), "s", "u", 1.0, pronunciations=pronunciations)
    provider = dialect.connect(dialect.place(route, "en-US", speaking))
    frames = list(provider.begin(1, request, 0.0))
    for number, reading in enumerate(readings):
        frames += provider.say(1, number, reading if isinstance(reading, Reading) else Reading(reading), 0.0)
    return [_plain(frame) for frame in frames]


def takes(dialect, voice="v", **options):
    """Return what a route of this dialect follows."""
    return dialect.takes(Route("p", voice, options))


def _plain(frame):
    if isinstance(frame, HttpRequest):
        return json.loads(frame.body)
    return json.loads(frame) if isinstance(frame, str) else frame
