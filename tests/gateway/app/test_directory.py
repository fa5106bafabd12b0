from gateway.app.directory import Directory
from legato.domain.audio import OFFERED, Encoding
from legato.domain.speech import Catalogue, Route, Voice

TWO = Voice("two", ("en",), (Route("down", "a"), Route("up", "b")))
ONE = Voice("one", ("de",), (Route("down", "a"),))


def test_a_voice_is_ready_when_one_of_its_routes_is():
    directory = Directory(Catalogue({"two": TWO, "one": ONE}, "two"), lambda provider: provider == "up")
    assert [(info.voice.name, info.ready) for info in directory.voices()] == [("two", True), ("one", False)]


def test_a_provider_is_asked_once_for_all_its_routes_and_not_at_all_for_names():
    """At a vendor that is down, the time of a list grew with the square of the voices."""
    asked = []
    voices = {str(number): Voice(str(number), ("en",), ONE.routes) for number in range(50)}
    directory = Directory(Catalogue(voices, "0"), asked.append)
    assert not any(info.ready for info in directory.voices())
    assert list(directory.names()) == list(voices)
    assert asked == ["down"]


def test_it_is_the_same_list_until_a_voice_becomes_ready_or_no_longer_is():
    up = {"up"}
    directory = Directory(Catalogue({"two": TWO, "one": ONE}, "two"), up.__contains__)
    first = directory.voices()
    assert directory.voices() is first
    up.add("down")
    second = directory.voices()
    assert [info.ready for info in second] == [True, True]
    assert directory.voices() is second
    up.remove("down")
    assert directory.voices() == first


def test_formats_and_the_default_voice_are_told():
    directory = Directory(Catalogue({"one": ONE}, "one"), lambda provider: True)
    assert directory.formats() == OFFERED
    encoded = Directory(Catalogue({"one": ONE}, "one"), lambda _: True, {Encoding.FLAC}).formats()
    assert {one.encoding for one in encoded} - {one.encoding for one in OFFERED} == {Encoding.FLAC}
    assert directory.default_voice() == "one"
