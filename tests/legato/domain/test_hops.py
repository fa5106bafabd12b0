import pytest

from legato.domain.errors import Reason, SpeechError
from legato.domain.hops import LOOP, MOST, circle, passed, told

HERE = "a1b2"


@pytest.mark.parametrize(
    ("header", "names"),
    [
        ("", ()),
        ("c3", ("c3",)),
        ("c3,d4", ("c3", "d4")),
        (" c3 ,  d4 ", ("c3", "d4")),
        (
            "1.1 proxy (Apache), c3, Upper, " + "x" * 33 + ",,\N{SNOWMAN}",
            ("c3",),
        ),  # what is no name is passed over
        (",".join(f"n{number}" for number in range(MOST)), tuple(f"n{number}" for number in range(MOST))),
    ],
)
def test_the_gateways_that_a_text_has_come_through(header, names):
    assert passed(header, HERE) == names


@pytest.mark.parametrize(
    "header", [HERE, f"c3, {HERE}, d4", ",".join(f"n{number}" for number in range(MOST + 1))]
)
def test_a_circle_and_a_chain_that_is_too_long_are_refused_with_the_word(header):
    with pytest.raises(SpeechError, match=LOOP) as caught:
        passed(header, HERE)
    assert caught.value.reason is Reason.FORBIDDEN
    assert not caught.value.properties.may_retry


def test_what_one_tells_the_next_one_understands():
    assert told((), HERE) == HERE
    assert passed(told(("c3", "d4"), HERE), "e5") == ("c3", "d4", HERE)
    with pytest.raises(SpeechError):
        passed(told(("c3",), HERE), "c3")


def test_every_gateway_of_the_circle_says_the_same():
    assert (circle().reason, circle().message.partition(":")[0]) == (Reason.FORBIDDEN, LOOP)
