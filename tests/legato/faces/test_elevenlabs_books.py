from legato.faces.elevenlabs_books import MOST_CONTEXTS, Broken, free_track


def test_the_lowest_track_that_nobody_sounds_on_is_free():
    assert free_track(set()) == 0
    assert free_track({0, 1}) == 2
    assert free_track({0, 2}) == 1
    assert free_track({5}) == 0


def test_failed_contexts_are_known_until_they_are_closed_and_only_the_newest_of_too_many():
    broken = Broken()
    for number in range(MOST_CONTEXTS + 1):
        broken.add(str(number))
    assert "0" not in broken
    assert "1" in broken
    broken.discard("1")
    broken.discard("never")
    assert "1" not in broken
    assert str(MOST_CONTEXTS) in broken
