import pytest

from gateway.engines import espeak_library as library
from gateway.engines.espeak_library import (
    END_OF_CLAUSE,
    WORD,
    EspeakError,
    EspeakLibrary,
    Setting,
    espeak_library,
)

pytestmark = pytest.mark.voice
GERMAN = Setting("gmw/de")


class Ear:
    def __init__(self, buffers=None):
        self.data, self.events, self.calls = b"", [], 0
        self._buffers = buffers

    def heard(self, data, events):
        self.data += data
        self.events += events
        self.calls += 1
        return self._buffers is None or self.calls < self._buffers


def test_it_is_loaded_once():
    assert espeak_library() is espeak_library()
    assert espeak_library().sample_rate_hz == 22_050


def test_it_knows_over_a_hundred_languages():
    voices = espeak_library().voices()
    assert len({tag for voice in voices for tag in voice.languages}) > 100
    german = next(voice for voice in voices if voice.identifier == "gmw/de")
    assert (german.name, german.languages) == ("German", ("de",))


def test_words_are_told_in_characters_not_bytes():
    ear, text = Ear(), "Die Größe über Äpfeln."
    espeak_library().speak(text, GERMAN, ear.heard, pause=False)
    words = [event for event in ear.events if event.type == WORD]
    assert [text[word.position : word.position + word.length] for word in words] == [
        "Die",
        "Größe",
        "über",
        "Äpfeln",
    ]
    assert [word.sample for word in words] == sorted({word.sample for word in words})
    (end,) = [event for event in ear.events if event.type == END_OF_CLAUSE]
    assert end.sample <= len(ear.data) // 2


def test_it_stops_when_told_and_speaks_again():
    stopped, whole = Ear(buffers=2), Ear()
    for ear in (stopped, whole):
        espeak_library().speak("Eins zwei drei vier.", GERMAN, ear.heard, pause=False)
    assert stopped.calls == 2
    assert len(whole.data) > 4 * len(stopped.data)


def test_a_sentence_may_end_with_its_pause():
    lengths = []
    for pause in (False, True):
        ear = Ear()
        espeak_library().speak("Ja.", GERMAN, ear.heard, pause=pause)
        lengths.append(len(ear.data))
    assert lengths[1] > lengths[0]


def test_what_the_hearer_raises_comes_back_and_the_library_is_free_again():
    def deaf(data, events):
        raise LookupError("deaf")

    with pytest.raises(LookupError, match="deaf"):
        espeak_library().speak("Eins zwei.", GERMAN, deaf, pause=False)
    ear = Ear()
    espeak_library().speak("Eins zwei.", GERMAN, ear.heard, pause=False)
    assert ear.data


def test_a_null_in_the_text_does_not_end_it():
    ear = Ear()
    espeak_library().speak("eins\0zwei", GERMAN, ear.heard, pause=False)
    assert len([event for event in ear.events if event.type == WORD]) == 2


def test_nothing_to_say():
    ear = Ear()
    espeak_library().speak("", GERMAN, ear.heard, pause=False)
    assert [event for event in ear.events if event.type == WORD] == []
    assert not any(ear.data)


def test_an_unknown_voice_is_refused():
    with pytest.raises(EspeakError, match="no voice 'xx'"):
        espeak_library().speak("eins", Setting("xx"), Ear().heard, pause=False)


def test_nobody_hears_a_late_callback():
    assert espeak_library()._called(None, 0, None) == 1


def test_missing_data_is_said_so(monkeypatch, tmp_path):
    class Empty:
        def __getattr__(self, name):
            return Empty()

        def __call__(self, *arguments):
            return -1

    monkeypatch.setattr(library.ctypes, "CDLL", lambda path: Empty())
    with pytest.raises(EspeakError, match="cannot find its data"):
        EspeakLibrary()
