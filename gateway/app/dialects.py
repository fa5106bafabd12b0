"""The dialects that the gateway answers in, and where: one line each."""

from collections.abc import Mapping
from functools import partial

from gateway.app.config_secrets import resolve
from gateway.app.config_sections import ServerSection
from gateway.servers.dialects import FaceRoute, PageRoute, Route, Shape
from gateway.servers.tcp import MakeTcpFace
from legato.faces.cartesia import CartesiaSpeech
from legato.faces.cartesia_rest import CartesiaBytes, CartesiaEvents
from legato.faces.cartesia_voices import voice_json, voices_json
from legato.faces.deepgram import DeepgramSpeak
from legato.faces.deepgram_rest import DeepgramRest
from legato.faces.openai import OpenAISpeech, models_json
from legato.faces.wyoming import WyomingSpeech
from legato.ports import VoiceDirectory

DIALECTS: tuple[Route, ...] = (
    FaceRoute("/v1/speak", Shape.WEBSOCKET, DeepgramSpeak),
    FaceRoute("/v1/speak", Shape.ONE_SHOT, DeepgramRest),
    FaceRoute("/v1/audio/speech", Shape.ONE_SHOT, OpenAISpeech),
    PageRoute("/v1/models", OpenAISpeech, models_json),
    FaceRoute("/tts/websocket", Shape.WEBSOCKET, CartesiaSpeech),
    FaceRoute("/tts/bytes", Shape.ONE_SHOT, CartesiaBytes),
    FaceRoute("/tts/sse", Shape.ONE_SHOT, CartesiaEvents),
    PageRoute("/voices", CartesiaBytes, voices_json),
    PageRoute("/voices/{voice}", CartesiaBytes, voice_json),
)


def tcp_face(section: ServerSection, env: Mapping[str, str], directory: VoiceDirectory) -> MakeTcpFace:
    """What the bare TCP port speaks.

    Raises:
        ValueError: the key of its clients cannot be had; the message names the place only.
    """
    key = resolve(section.wyoming_key, env) if section.wyoming_key else ""
    return partial(WyomingSpeech, directory, key)
