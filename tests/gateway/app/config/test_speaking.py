import pytest
from pydantic import ValidationError

from gateway.app.config.speaking import AudioSection, EnginesSection, TextSection
from gateway.engines.supervisor import EngineSettings
from legato.core.state import CoreSettings
from legato.domain.speech import UtteranceOptions
from legato.text.settings import Emoji, Fences, IdleTimes, LexiconEntry, MathsStyle, TextSettings


def test_by_default_text_is_read_as_the_front_end_does_by_itself():
    assert TextSection().of("en", UtteranceOptions()) == TextSettings(language="en")


def test_the_configuration_goes_over_that_and_the_client_over_both():
    section = TextSection(code="announce", emoji="name", maths="brief", inline_code=False)
    settings = section.of("de", UtteranceOptions(emoji="drop", ssml=True))
    assert settings.language == "de"
    assert (settings.fences, settings.emoji, settings.maths_style) == (
        Fences.ANNOUNCE,
        Emoji.DROP,
        MathsStyle.BRIEF,
    )
    assert settings.ssml
    assert not settings.speak_inline_code
    everything = section.of("de", UtteranceOptions(code="skip", maths="explicit"))
    assert (everything.fences, everything.maths_style) == (Fences.SKIP, MathsStyle.EXPLICIT)


def test_words_of_the_lexicon_with_a_capital_are_not_their_small_twins():
    section = TextSection(lexicon={"Polish": "pole-ish", "nginx": "engine x"})
    assert section.of("en", UtteranceOptions()).lexicon == (
        LexiconEntry("Polish", "pole-ish", match_case=True),
        LexiconEntry("nginx", "engine x"),
    )


def test_words_of_the_voice_come_before_those_of_everybody():
    mine = (LexiconEntry("nginx", "en gin ex"),)
    assert TextSection(lexicon={"nginx": "engine x"}).of("en", UtteranceOptions(), mine).lexicon == (
        *mine,
        LexiconEntry("nginx", "engine x"),
    )


def test_marks_that_protect_are_pairs():
    assert TextSection(protect="[[ ]],{ }").of("en", UtteranceOptions()).protected == (
        ("[[", "]]"),
        ("{", "}"),
    )
    for wrong in ("[[", "[[ ]] x", "< >", " x"):
        with pytest.raises(ValidationError):
            TextSection(protect=[wrong])


def test_idle_times_are_the_configurations():
    section = TextSection.model_validate({"idle": {"comma_ms": 200}})
    assert section.of("en", UtteranceOptions()).idle == IdleTimes(comma_ms=200)


def test_chunks_are_the_configurations():
    assert AudioSection().core() == CoreSettings()
    chunks = AudioSection(frame_ms=10, max_chunk_ms=200, safety_ms=80).core().chunks
    assert (chunks.frame_ms, chunks.max_ms, chunks.safety_ms) == (10, 200, 80)


def test_a_frame_longer_than_the_longest_chunk_is_refused():
    with pytest.raises(ValidationError, match="frame_ms 500 is above max_chunk_ms 240"):
        AudioSection(frame_ms=500)


def test_the_engines_defaults_are_the_engine_processs_own():
    section, settings = EnginesSection(), EngineSettings()
    assert (section.threads, section.voices, section.socket, section.start_timeout_s) == (
        settings.threads,
        settings.voices,
        settings.socket,
        settings.start_timeout_s,
    )


def test_no_more_threads_than_a_machine_can_start():
    """A hundred thousand of them were begun one after the other, and the gateway was never ready."""
    assert EnginesSection(threads=1024).threads == 1024
    with pytest.raises(ValidationError, match="less than or equal to 1024"):
        EnginesSection(threads=100_000)
