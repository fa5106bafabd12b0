"""The dialects that the gateway serves, and their paths: one line each."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from gateway.app.config.dialects import DialectsSection
from gateway.app.config.secrets import resolve
from gateway.app.config.sections import ServerSection
from gateway.servers.dialects import FaceRoute, MakeFace, PageRoute, Route, Shape
from gateway.servers.tcp import MakeTcpFace
from legato.faces import cartesia_voices, deepgram_models, elevenlabs_lists, openai_lists
from legato.faces.cartesia import CartesiaSpeech
from legato.faces.cartesia_requests import is_cartesia
from legato.faces.cartesia_rest import CartesiaBytes, CartesiaEvents
from legato.faces.deepgram import DeepgramSpeak
from legato.faces.deepgram_requests import is_deepgram
from legato.faces.deepgram_rest import DeepgramRest
from legato.faces.deepgram_v2 import DeepgramV2Speak
from legato.faces.elevenlabs_contexts import ElevenLabsMultiStream
from legato.faces.elevenlabs_dialogue import ElevenLabsDialogue
from legato.faces.elevenlabs_dialogue_rest import ElevenLabsDialogueRest
from legato.faces.elevenlabs_dialogue_stream import ElevenLabsDialogueStream
from legato.faces.elevenlabs_requests import is_elevenlabs
from legato.faces.elevenlabs_rest import ElevenLabsRest
from legato.faces.elevenlabs_stream import ElevenLabsStreamInput
from legato.faces.extras import Installed
from legato.faces.livekit import LiveKitSpeech
from legato.faces.openai import OpenAISpeech
from legato.faces.wyoming import WyomingSpeech
from legato.ports import VoiceDirectory

FACES = (
    "grpc",
    "websocket",
    "cartesia",
    "deepgram",
    "elevenlabs",
    "google",
    "livekit",
    "openai",
    "riva",
    "wyoming",
)
"""The names of all faces, as telemetry has them."""
_ELEVENLABS = "/v1/text-to-speech/{voice_id}"
_DIALOGUE = "/v1/text-to-dialogue"

DIALECTS: tuple[Route, ...] = (
    FaceRoute("/v1/speak", Shape.WEBSOCKET, DeepgramSpeak),
    FaceRoute("/v1/speak", Shape.ONE_SHOT, DeepgramRest),
    PageRoute("/v1/models", DeepgramRest, deepgram_models.models_json, claims=is_deepgram),
    PageRoute("/v1/models/{model}", DeepgramRest, deepgram_models.model_json, claims=is_deepgram),
    FaceRoute("/v2/speak", Shape.WEBSOCKET, DeepgramV2Speak),
    FaceRoute("/v2/speak", Shape.ONE_SHOT, DeepgramRest),
    FaceRoute("/v1/audio/speech", Shape.ONE_SHOT, OpenAISpeech),
    PageRoute("/v1/models", OpenAISpeech, openai_lists.models_json),
    PageRoute("/v1/models/{model}", OpenAISpeech, openai_lists.model_json),
    PageRoute("/v1/audio/models", OpenAISpeech, openai_lists.audio_models_json),
    PageRoute("/v1/audio/voices", OpenAISpeech, openai_lists.audio_voices_json),
    FaceRoute("/tts/websocket", Shape.WEBSOCKET, CartesiaSpeech),
    FaceRoute("/tts/bytes", Shape.ONE_SHOT, CartesiaBytes),
    FaceRoute("/tts/sse", Shape.ONE_SHOT, CartesiaEvents),
    # All others see the playground there.
    PageRoute("/", CartesiaBytes, cartesia_voices.status_json, claims=is_cartesia),
    PageRoute("/voices", CartesiaBytes, cartesia_voices.voices_json, claims=is_cartesia),
    PageRoute("/voices", CartesiaBytes, cartesia_voices.voices_json),
    # Its clients of version 2 use this path.
    PageRoute("/voices/", CartesiaBytes, cartesia_voices.voices_json),
    PageRoute("/voices/{voice}", CartesiaBytes, cartesia_voices.voice_json),
    FaceRoute(f"{_ELEVENLABS}/stream-input", Shape.WEBSOCKET, ElevenLabsStreamInput),
    FaceRoute(f"{_ELEVENLABS}/multi-stream-input", Shape.WEBSOCKET, ElevenLabsMultiStream),
    FaceRoute(_ELEVENLABS, Shape.ONE_SHOT, ElevenLabsRest),
    FaceRoute(f"{_ELEVENLABS}/stream", Shape.ONE_SHOT, ElevenLabsRest),
    FaceRoute(f"{_ELEVENLABS}/with-timestamps", Shape.ONE_SHOT, ElevenLabsRest),
    FaceRoute(f"{_ELEVENLABS}/stream/with-timestamps", Shape.ONE_SHOT, ElevenLabsRest),
    FaceRoute(f"{_DIALOGUE}/stream-input", Shape.WEBSOCKET, ElevenLabsDialogueStream),
    FaceRoute(f"{_DIALOGUE}/multi-stream-input", Shape.WEBSOCKET, ElevenLabsDialogue),
    FaceRoute(_DIALOGUE, Shape.ONE_SHOT, ElevenLabsDialogueRest),
    FaceRoute(f"{_DIALOGUE}/stream", Shape.ONE_SHOT, ElevenLabsDialogueRest),
    FaceRoute(f"{_DIALOGUE}/with-timestamps", Shape.ONE_SHOT, ElevenLabsDialogueRest),
    FaceRoute(f"{_DIALOGUE}/stream/with-timestamps", Shape.ONE_SHOT, ElevenLabsDialogueRest),
    FaceRoute("/v1/tts", Shape.WEBSOCKET, LiveKitSpeech),
    FaceRoute("/tts", Shape.WEBSOCKET, LiveKitSpeech),  # for an address without /v1
    PageRoute("/v1/voices", ElevenLabsRest, elevenlabs_lists.voices_json, claims=is_elevenlabs),
    PageRoute("/v1/voices/{voice_id}", ElevenLabsRest, elevenlabs_lists.voice_json),
    PageRoute("/v1/voices/{voice_id}/settings", ElevenLabsRest, elevenlabs_lists.voice_settings_json),
    PageRoute("/v1/voices/settings/default", ElevenLabsRest, elevenlabs_lists.default_settings_json),
    PageRoute("/v2/voices", ElevenLabsRest, elevenlabs_lists.voices_page_json),
    PageRoute("/v1/models", ElevenLabsRest, elevenlabs_lists.models_json, claims=is_elevenlabs),
)


def configured(section: DialectsSection, installed: Installed = None) -> tuple[Route, ...]:
    """Return `DIALECTS`, with what their vendors leave open decided by the configuration, and the encodings of the extras installed."""
    elevenlabs = replace(section.elevenlabs(), installed=installed)
    decided: dict[MakeFace, MakeFace] = {
        CartesiaBytes: partial(CartesiaBytes, installed=installed),
        DeepgramRest: partial(DeepgramRest, installed=installed),
        CartesiaSpeech: partial(CartesiaSpeech, switches=section.cartesia()),
        DeepgramV2Speak: partial(DeepgramV2Speak, switches=section.deepgram_v2()),
        ElevenLabsDialogue: partial(ElevenLabsDialogue, switches=elevenlabs),
        ElevenLabsDialogueRest: partial(ElevenLabsDialogueRest, switches=elevenlabs),
        ElevenLabsDialogueStream: partial(ElevenLabsDialogueStream, switches=elevenlabs),
        ElevenLabsMultiStream: partial(ElevenLabsMultiStream, switches=elevenlabs),
        ElevenLabsRest: partial(ElevenLabsRest, switches=elevenlabs),
        ElevenLabsStreamInput: partial(ElevenLabsStreamInput, switches=elevenlabs),
        OpenAISpeech: partial(OpenAISpeech, default_format=section.openai_format, installed=installed),
    }
    return tuple(
        replace(route, make_face=decided.get(route.make_face, route.make_face)) for route in DIALECTS
    )


def tcp_face(section: ServerSection, env: Mapping[str, str], directory: VoiceDirectory) -> MakeTcpFace:
    """Return what makes the faces of the bare TCP port.

    Raises:
        ValueError: the key of its clients cannot be read; the message names only its place.
    """
    key = resolve(section.wyoming_key, env) if section.wyoming_key else ""
    return partial(WyomingSpeech, directory, key)
