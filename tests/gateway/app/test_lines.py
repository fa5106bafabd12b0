import pytest

from gateway.app.lines import LinesByProvider
from legato.domain.errors import Reason
from legato.domain.events import Failed
from legato.domain.speech import Principal, Route, UtteranceOptions
from legato.ports import LineRequest


class Pool:
    def __init__(self):
        self.asked, self.warmed = [], []

    def acquire(self, request, listener, on_ready):
        self.asked.append((request, listener, on_ready))
        return "ticket"

    def warm(self, route, language, principal):
        self.warmed.append((route, language, principal))


def request(provider):
    return LineRequest(Route(provider, "v"), "en", UtteranceOptions(), Principal(), "s", "u", 1.0)


@pytest.fixture
def pools():
    return {"a": Pool(), "b": Pool()}


def test_a_request_goes_to_its_provider_as_it_is(pools):
    lines, asked, listener, answered = LinesByProvider(pools), request("b"), object(), object()
    assert lines.acquire(asked, listener, answered) == "ticket"
    assert pools["b"].asked == [(asked, listener, answered)]
    assert pools["a"].asked == []


def test_warming_goes_there_too(pools):
    LinesByProvider(pools).warm(Route("a", "v"), "en", Principal())
    assert pools["a"].warmed == [(Route("a", "v"), "en", Principal())]


def test_a_provider_that_does_not_run_answers_at_once(pools):
    answers = []
    ticket = LinesByProvider(pools).acquire(request("c"), object(), answers.append)
    ticket.withdraw()
    (answer,) = answers
    assert isinstance(answer, Failed)
    assert answer.reason is Reason.VENDOR_UNREACHABLE
    assert "'c'" in answer.message
    LinesByProvider(pools).warm(Route("c", "v"), "en", Principal())
