"""The server-streaming call `Speak`: one whole text in, its audio out."""

from collections.abc import AsyncIterator
from typing import Any

import grpc.aio

from legato.domain.receipt import Receipt
from legato.domain.replies import AudioChunk
from legato.v1 import speech_pb2
from legato_client.address import Address
from legato_client.grpc_wire import SERVICE, call_metadata, trouble_of
from legato_client.replies import receipt_of


async def spoken_by(
    channel: grpc.aio.Channel, address: Address, key: str, voice: str, text: str
) -> AsyncIterator[AudioChunk | Receipt]:
    """Call `Speak`; yield its audio, then its receipt.

    Raises:
        SpeechError: the gateway refuses.
        ConnectionLostError: the gateway cannot be reached, or went away.
    """
    ask: Any = channel.unary_stream(SERVICE + "Speak", request_serializer=None, response_deserializer=None)
    request = speech_pb2.SpeakRequest(text=text, voice=voice)
    call = ask(request.SerializeToString(), metadata=call_metadata(key))
    try:
        async for data in call:
            response = speech_pb2.SpeakResponse.FromString(data)
            match response.WhichOneof("response"):
                case "audio":
                    audio = response.audio
                    yield AudioChunk(audio.utterance_id, 0, audio.generation, audio.sample_offset, audio.data)
                case "finished":
                    yield receipt_of(response.finished.receipt)
    except grpc.aio.AioRpcError as error:
        raise trouble_of(error, address) from None
    finally:
        call.cancel()
