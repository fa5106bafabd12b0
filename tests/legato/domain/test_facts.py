from legato.domain.facts import BugFound


def stumble(word):
    raise KeyError(word)


def test_a_bug_is_told_by_its_kind_and_place_and_never_by_its_message():
    try:
        stumble("what the client has said")
    except KeyError as error:
        fact = BugFound.of("session", error)
    line = stumble.__code__.co_firstlineno + 1
    assert fact == BugFound(f"session {__name__}:{line}", "KeyError")


def test_a_bug_that_never_was_raised_has_no_place():
    assert BugFound.of("loop", ValueError()) == BugFound("loop unknown place", "ValueError")
