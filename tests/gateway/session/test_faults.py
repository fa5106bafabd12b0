from gateway.session.faults import broken, found
from legato.domain.errors import Reason
from legato.domain.facts import BugFound


def stumble(word):
    raise KeyError(word)


def test_a_bug_is_told_by_its_kind_and_place_and_never_by_its_message():
    try:
        stumble("what the client has said")
    except KeyError as error:
        fact = found(error)
    assert isinstance(fact, BugFound)
    assert "stumble:" in repr(fact)
    assert "KeyError" in repr(fact)
    assert "client" not in repr(fact)


def test_a_bug_that_never_was_raised_has_no_place():
    assert "?" in repr(found(ValueError()))


def test_the_client_is_told_that_only_its_stream_is_over():
    assert broken().reason is Reason.INTERNAL
    assert "other streams are not affected" in broken().message
