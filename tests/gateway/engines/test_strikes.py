from dataclasses import replace

import pytest

from gateway.engines.strikes import OUT, Given, Strikes

ONE = Given("stream/utterance", 3, "joe", "Hello.")


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def strikes(clock):
    return Strikes(clock)


def test_every_death_is_a_strike_and_two_are_enough(strikes):
    assert strikes.of(ONE) == 0
    strikes.add(ONE)
    assert strikes.of(ONE) == 1
    strikes.died()
    strikes.add(ONE)
    assert strikes.of(ONE) == OUT


def test_a_death_is_one_strike_whoever_was_given_the_text(strikes):
    everybody = [replace(ONE, whose=f"stream/{number}") for number in range(3)]
    for count in (1, 2):
        strikes.died()
        for given in everybody:
            strikes.add(given)
        assert [strikes.of(given) for given in everybody] == [count] * 3


@pytest.mark.parametrize(
    "same",
    [
        replace(ONE, whose="another/utterance", segment=0),
        replace(ONE, text="the rest of it"),
        replace(ONE, text="\ud800"),
    ],
)
def test_the_same_words_elsewhere_and_the_rest_of_a_segment_are_the_same_text(strikes, same):
    strikes.add(ONE)
    assert strikes.of(same) == 1
    strikes.died()
    strikes.add(same)
    assert strikes.of(ONE) == OUT


@pytest.mark.parametrize(
    "other",
    [
        replace(ONE, segment=4, text="Bye."),
        replace(ONE, whose="s/u", text="Bye."),
        replace(ONE, whose="s/u", voice="amy"),
    ],
)
def test_another_text_has_nothing_to_do_with_it(strikes, other):
    strikes.add(ONE)
    assert strikes.of(other) == 0


def test_what_has_been_said_is_cleared(strikes):
    strikes.clear(ONE)
    strikes.add(ONE)
    strikes.clear(ONE)
    assert strikes.of(ONE) == 0


def test_strikes_are_forgotten_after_ten_minutes(strikes, clock):
    strikes.add(ONE)
    clock.now += 599.0
    assert strikes.of(ONE) == 1
    clock.now += 1.0
    assert strikes.of(ONE) == 0
    strikes.add(ONE)
    assert strikes.of(ONE) == 1


def test_the_oldest_are_forgotten_where_there_are_many(strikes):
    for segment in range(300):
        strikes.add(Given("s/u", segment, "joe", str(segment)))
    assert strikes.of(Given("s/u", 0, "joe", "0")) == 0
    assert strikes.of(Given("s/u", 299, "joe", "299")) == 1
    assert len(strikes._against) == 512


def test_words_are_not_kept(strikes):
    strikes.add(ONE)
    assert not any(b"Hello" in key for key in strikes._against)
