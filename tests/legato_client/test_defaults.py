from legato.domain.audio import AudioFormat, Encoding
from legato.domain.events import Begin, Configure, Open
from legato.domain.speech import UtteranceOptions
from legato_client.defaults import configured, settled

OPENING = Open(
    "joe",
    AudioFormat(Encoding.PCM_S16LE, 24_000),
    language="en",
    options=UtteranceOptions(speed=1.5, words=True),
    max_lead_ms=100,
)


def test_a_begin_takes_what_it_leaves_unset():
    begin = settled(Begin("u1", language="de", options=UtteranceOptions(speed=1.0)), OPENING)

    assert (begin.voice, begin.language) == ("joe", "de")
    assert begin.options == UtteranceOptions(speed=1.0, words=True)


def test_configure_changes_what_it_sets():
    changed = configured(OPENING, Configure(voice="anna", language="", options=UtteranceOptions(words=False)))

    assert (changed.voice, changed.language, changed.max_lead_ms) == ("anna", "", 100)
    assert changed.options == UtteranceOptions(speed=1.5, words=False)
    assert configured(OPENING, Configure(max_lead_ms=-1)).max_lead_ms == -1
    assert configured(OPENING, Configure()) == OPENING
