import json

import pytest

from gateway.app.link import messages
from gateway.app.link.messages import (
    AskSeat,
    EngineHangs,
    GiveBack,
    Hello,
    Here,
    Knock,
    Leave,
    Lent,
    Listening,
    OpenAccount,
    Pause,
    Ready,
    Recall,
    Refused,
    Renewed,
    SetLevel,
    SetRoute,
    decode,
    encode,
)

WRITTEN = (
    ({"is": "hello", "worker": 1, "pid": 4711}, Hello(1, 4711)),
    ({"is": "listening"}, Listening()),
    ({"is": "ready"}, Ready()),
    ({"is": "engine hangs"}, EngineHangs()),
    ({"is": "here"}, Here()),
    ({"is": "open", "account": "v", "limit": 5}, OpenAccount("v", 5)),
    ({"is": "ask", "account": "v"}, AskSeat("v")),
    ({"is": "back", "account": "v", "seats": 1}, GiveBack("v", 1)),
    ({"is": "refused", "account": "v", "retry_after_s": 1.5}, Refused("v", 1.5)),
    ({"is": "refused", "account": "v", "retry_after_s": None}, Refused("v", None)),
    ({"is": "renewed", "account": "v"}, Renewed("v")),
    ({"is": "lent", "account": "v"}, Lent("v")),
    ({"is": "recall", "account": "v", "urgent": True}, Recall("v", urgent=True)),
    ({"is": "pause", "account": "v", "pause_s": 0.25}, Pause("v", 0.25)),
    ({"is": "route", "route": "v/anna", "action": "drain"}, SetRoute("v/anna", "drain")),
    ({"is": "level", "level": "debug"}, SetLevel("debug")),
    ({"is": "knock"}, Knock()),
    ({"is": "leave", "all": False}, Leave(all=False)),
)


@pytest.mark.parametrize(("written", "message"), WRITTEN)
def test_a_message_is_an_object_that_names_its_kind(written, message):
    assert json.loads(encode(message)) == written
    assert decode(json.dumps(written).encode()) == message


def test_every_message_can_be_written():
    assert {type(message) for _, message in WRITTEN} == set(messages.Message.__args__)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"GET / HTTP/1.1", ValueError),
        (b"\xff", ValueError),
        (b"{}", KeyError),
        (b'{"is": "borrow"}', KeyError),
        (b'{"is": "back", "account": "v"}', TypeError),
        (b'{"is": "ready", "worker": 1}', TypeError),
        (b'{"is": []}', TypeError),
        (b'"is"', TypeError),
        (b"[]", TypeError),
        (b"1", TypeError),
    ],
)
def test_what_is_no_message_is_one_of_three_errors(data, error):
    with pytest.raises(error):
        decode(data)
