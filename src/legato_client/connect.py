"""From a URL to a conversation."""

from legato.domain.audio import AudioFormat, Encoding
from legato.domain.events import Open
from legato.domain.speech import UtteranceOptions
from legato_client.access import check_access
from legato_client.address import Address, Transport, parse_address
from legato_client.grpc_wire import GrpcWire
from legato_client.requests import check
from legato_client.speech import Speech
from legato_client.tuning import Tuning
from legato_client.websocket_wire import dial_websocket
from legato_client.wire import Wire

PCM_24K = AudioFormat(Encoding.PCM_S16LE, 24_000)


def connect(
    url: str,
    *,
    key: str = "",
    voice: str = "",
    language: str = "",
    audio_format: AudioFormat = PCM_24K,
    options: UtteranceOptions | None = None,
    tuning: Tuning | None = None,
) -> Speech:
    """A conversation with the gateway at `url`. Entering it connects.

        async with connect("grpc://localhost:50051") as speech:
            utterance = speech.begin()
            await utterance.send("Hello.")
            await utterance.end()
            async for audio in utterance:
                player.write(audio.data)

    Args:
        url: `grpc://`, `grpcs://`, `ws://`, `wss://`, `http://` or `https://`, then host and port.
        key: API key; empty for none.
        voice: default voice; empty for the gateway's.
        language: BCP 47 tag; empty for the voice's own.
        audio_format: what to receive; fixed for the whole conversation.
        options: defaults for every utterance.
        tuning: time-outs, bounds, retries.

    Raises:
        TypeError, ValueError: `url` is not one of these, or another argument is not valid.
    """
    address = parse_address(url)
    tuning = tuning or Tuning()
    if not isinstance(tuning, Tuning):
        raise TypeError(f"tuning must be Tuning(...), got {tuning!r}")
    check_access(key, tuning.ca_pem)
    opening = Open(
        voice=voice,
        audio_format=audio_format,
        language=language,
        options=options or UtteranceOptions(),
        max_lead_ms=tuning.max_lead_ms,
        finish_when_heard=tuning.finish_when_heard,
    )
    check(opening)
    return Speech(lambda: _dial(address, key, tuning), opening, tuning)


async def _dial(address: Address, key: str, tuning: Tuning) -> Wire:
    if address.transport is Transport.GRPC:
        return GrpcWire(address, tuning.ca_pem, key, tuning.clock)
    return await dial_websocket(address, key, tuning)
