from typing import get_args

from gateway.engines.messages import Answer, Message, Request


def test_who_says_what_is_settled():
    assert {kind.__name__ for kind in get_args(Request)} == {
        "Begin",
        "Say",
        "End",
        "Cancel",
        "Pause",
        "Resume",
    }
    assert set(get_args(Request)).isdisjoint(get_args(Answer))
    assert set(get_args(Message)) == {*get_args(Request), *get_args(Answer)}
