"""A run that is recorded while others repeat it. Promise R27."""

import numpy as np
import pytest

from legato.domain import events
from tests.gateway.upstream.recorded import GREETING, Studio
from tests.plays.world import Script


def test_r27_who_asks_for_what_another_is_being_told_gets_it_from_the_same_run():
    studio = Studio()
    guests = [studio.guest() for _ in range(3)]
    studio.speak("a", GREETING).run(0.02)
    for guest in guests:
        guest.speak("b", GREETING)
    studio.run(10)
    assert len(studio.lines) == 1
    for guest in guests:
        assert np.array_equal(guest.audio("b"), studio.audio("a"))


@pytest.mark.parametrize("after_s", [0.02, 0.2, 0.5])
def test_r27_whoever_joined_hears_all_of_it_although_the_first_one_barges_in(after_s):
    studio = Studio(scripts={"one": Script(speed=2.0)})
    guest = studio.guest()
    studio.speak("a", GREETING).run(0.01)
    guest.speak("b", GREETING)
    studio.run(after_s).tell(events.Cancel()).run(20)
    assert studio.terminals() == {"a": ["UtteranceCancelled"]}
    assert guest.said("b").replace(" ", "") == GREETING.replace(" ", "")
    assert len(studio.lines) == 1
    assert studio.released == [True]
    assert studio.leased == 0


def test_a_line_on_which_others_wait_is_not_paused_by_a_full_listener():
    studio = Studio(scripts={"one": Script(speed=0.0)})
    text = "alpha beta gamma delta. " * 8
    slow, quick = studio.guest(max_lead_ms=200), studio.guest()
    slow.speak("a", text).run(0.01)
    quick.speak("b", text)
    slow.paused = True  # its socket is full
    studio.run(4)
    assert quick.terminals() == {"b": ["UtteranceFinished"]}
    slow.paused = False
    slow.session.drained()
    studio.run(30)
    assert slow.terminals() == {"a": ["UtteranceFinished"]}


def test_whoever_joined_a_run_that_dies_goes_on_by_itself():
    studio = Studio(scripts={"one": Script(word_times=True, die_after_chars=8, deaths=1)})
    guest = studio.guest()
    studio.speak("a", "hello there my friends.").run(0.01)
    guest.speak("b", "hello there my friends.")
    studio.run(10)
    for world, name in ((studio, "a"), (guest, "b")):
        assert world.terminals() == {name: ["UtteranceFinished"]}
        assert world.said(name).replace(" ", "").endswith("myfriends.")
