import pytest

from gateway.servers import rendered as module
from gateway.servers.rendered import Rendered
from legato.domain.speech import Route, Voice
from legato.ports import VoiceInfo

VOICE = Voice("anna", ("en",), (Route("local", "x"),))


class Directory:
    found = (VoiceInfo(VOICE, ready=False),)

    def voices(self):
        return self.found


@pytest.fixture
def made():
    """A directory, a function that asks, and what was made."""
    directory, made = Directory(), []
    rendered = Rendered(directory)

    def ask(name, length=1):
        return rendered.answer(name, lambda: made.append(name) or name * length)

    return directory, ask, made


def test_an_answer_is_made_once_until_a_voice_changes(made):
    directory, ask, names = made
    assert [ask("a"), ask("b"), ask("a")] == ["a", "b", "a"]
    assert names == ["a", "b"]
    directory.found = (VoiceInfo(VOICE, ready=True),)
    assert [ask("a"), ask("a")] == ["a", "a"]
    assert names == ["a", "b", "a"]


def test_no_more_is_kept_than_the_bounds_allow_and_the_latest_for_longest(made, monkeypatch):
    monkeypatch.setattr(module, "_MOST_KEPT", 2)
    monkeypatch.setattr(module, "_MOST_LENGTH", 10)
    _, ask, names = made
    for name in "abaca":
        ask(name)
    assert names == ["a", "b", "c"]
    ask("b")
    assert names == ["a", "b", "c", "b"]
    assert ask("d", 11) == ask("d", 11) == "d" * 11  # too long to be kept
    ask("a", 4)
    ask("a", 4)
    assert names[4:] == ["d", "d", "a"]


def test_what_cannot_be_made_is_not_kept(made):
    _, ask, names = made
    with pytest.raises(TypeError):
        ask(None)
    with pytest.raises(TypeError):
        ask(None)
    assert names == [None, None]
