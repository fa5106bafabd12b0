import pytest
from pydantic import ValidationError

from gateway.app.config.dialects import DialectsSection
from legato.faces.elevenlabs_alignment import TimeBase


def test_nothing_is_decided_until_it_is_configured():
    section = DialectsSection()
    assert section.elevenlabs().default_format == section.openai_format == ""
    assert section.elevenlabs().alignment is TimeBase.AUTO
    assert not section.deepgram_v2().flushed_is_last
    assert section.cartesia().confirms_cancel


def test_what_is_configured_reaches_the_faces():
    section = DialectsSection(
        elevenlabs_format="ulaw_8000",
        elevenlabs_alignment="context",
        deepgram_flushed_is_last=True,
        cartesia_confirms_cancel=False,
    )
    assert not section.cartesia().confirms_cancel
    assert section.elevenlabs().default_format == "ulaw_8000"
    assert section.elevenlabs().alignment is TimeBase.CONTEXT
    assert section.deepgram_v2().flushed_is_last


def test_a_format_that_is_not_built_is_refused_with_the_list():
    with pytest.raises(ValidationError, match=r"pcm_24000, .*mp3_44100_128"):
        DialectsSection(elevenlabs_format="opus_44100_32")
    with pytest.raises(ValidationError, match="pcm, wav, mp3, opus, aac, flac"):
        DialectsSection(openai_format="ogg")
