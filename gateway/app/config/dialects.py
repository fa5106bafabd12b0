"""The section of the configuration for other vendors' clients: what their vendors leave open."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import AfterValidator, Field

from gateway.app.config.sections import Section
from legato.faces import elevenlabs_requests, openai
from legato.faces.cartesia import CartesiaSwitches
from legato.faces.deepgram_v2 import DeepgramV2Switches
from legato.faces.elevenlabs_alignment import TimeBase
from legato.faces.elevenlabs_requests import ElevenLabsSwitches

_ELEVENLABS_FORMATS = (*elevenlabs_requests.FORMATS, *elevenlabs_requests.ENCODED_FORMATS)
_OPENAI_FORMATS = (*openai.FORMATS, *openai.ENCODED_FORMATS)


def _one_of(names: Sequence[str]) -> AfterValidator:
    def check(name: str) -> str:
        if name and name not in names:
            raise ValueError(f"expected one of {', '.join(names)}, got {name!r}")
        return name

    return AfterValidator(check)


class DialectsSection(Section):
    """How other vendors' clients are served."""

    max_lead_ms: int = Field(default=-1, ge=-1)
    """As `limits.max_lead_ms`, for other vendors' clients over WebSocket: -1 sends audio as fast as it comes, as their vendors do. With a bound, the
    text beyond it is neither spoken nor paid for when the listener interrupts."""
    elevenlabs_format: Annotated[str, _one_of(_ELEVENLABS_FORMATS)] = ""
    """Format for ElevenLabs clients that send no `output_format`, such as `pcm_24000`; empty: the vendor's default, `mp3_44100_128`. MP3 needs the extra
    `[mp3]`, Opus `[codecs]`; without it such clients are refused."""
    elevenlabs_alignment: TimeBase = TimeBase.AUTO
    """Where the times in an ElevenLabs WebSocket message count from: `message`, its own audio, as the specification says; `spans`, the end of the
    previous times, for clients that add them up, as Pipecat does; `context`, for clients that take them as they are, as LiveKit does; `auto`,
    `context` for clients of `multi-stream-input` that send `sync_alignment`, as LiveKit does and Pipecat does not, and `spans` for the others."""
    openai_format: Annotated[str, _one_of(_OPENAI_FORMATS)] = ""
    """Format for OpenAI clients that send no `response_format`: `mp3`, `opus`, `aac`, `flac`, `wav` or `pcm`; empty: the vendor's default, `mp3`. MP3
    needs the extra `[mp3]`, Opus, AAC and FLAC `[codecs]`; without it such clients are refused."""
    cartesia_confirms_cancel: bool = True
    """Whether a cancelled Cartesia context ends with `done`. The vendor's synchronous Python client takes a late `done` for the end of the next
    context, unless the cancelled one was read to its end."""
    deepgram_flushed_is_last: bool = False
    """Whether Deepgram's v2 sends `Flushed` after the `SpeechMetadata` of its turn; otherwise at once."""

    def elevenlabs(self) -> ElevenLabsSwitches:
        """Return the switches of that vendor's faces."""
        return ElevenLabsSwitches(self.elevenlabs_format, self.elevenlabs_alignment)

    def cartesia(self) -> CartesiaSwitches:
        """Return the switches of that vendor's face."""
        return CartesiaSwitches(self.cartesia_confirms_cancel)

    def deepgram_v2(self) -> DeepgramV2Switches:
        """Return the switches of that version's face."""
        return DeepgramV2Switches(self.deepgram_flushed_is_last)
