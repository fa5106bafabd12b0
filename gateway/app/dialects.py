"""The dialects that the gateway answers in, and where: one line each."""

from gateway.servers.dialects import FaceRoute, PageRoute, Route, Shape
from legato.faces.cartesia import CartesiaSpeech
from legato.faces.cartesia_rest import CartesiaBytes, CartesiaEvents
from legato.faces.cartesia_voices import voice_json, voices_json
from legato.faces.deepgram import DeepgramSpeak
from legato.faces.deepgram_rest import DeepgramRest
from legato.faces.openai import OpenAISpeech, models_json

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
