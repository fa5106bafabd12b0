import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from gateway.servers.refusals import answer, named
from legato.domain.errors import Reason
from legato.ports import Refusal

REFUSAL = Refusal(400, {"content-type": "application/json"}, b"{}", Reason.BAD_FRAME)


def test_a_refusal_is_answered_as_its_face_says():
    response = answer(REFUSAL)
    assert (response.status, response.content_type, response.body) == (400, "application/json", b"{}")
    assert "allow" not in response.headers


def test_in_place_of_the_librarys_own_refusal_its_status_is_kept_and_what_it_allows():
    response = answer(REFUSAL, web.HTTPMethodNotAllowed("PUT", {"GET"}))
    assert (response.status, response.headers["allow"], response.body) == (405, "GET", b"{}")
    assert "allow" not in answer(REFUSAL, web.HTTPNotFound()).headers


@pytest.mark.parametrize(
    ("error", "reason", "said"),
    [
        (
            web.HTTPMethodNotAllowed("PUT", {"HEAD", "POST", "GET"}),
            Reason.BAD_FRAME,
            "expected GET or POST here",
        ),
        (web.HTTPNotFound(), Reason.BAD_FRAME, "no such endpoint"),
        (web.HTTPNotFound(), Reason.BAD_FRAME, "server.http, where clients speak"),
        (web.HTTPNotFound(), Reason.BAD_FRAME, "server.admin, such as /metrics"),
        (web.HTTPRequestEntityTooLarge(8, 9), Reason.TEXT_TOO_LONG, "at most"),
        (web.HTTPBadRequest(text="a bad handshake"), Reason.BAD_FRAME, "a bad handshake"),
    ],
)
def test_the_librarys_refusals_have_names(error, reason, said):
    told = named(make_mocked_request("PUT", "/"), error)
    assert told.reason is reason
    assert said in told.message


def test_a_redirect_is_no_refusal():
    assert named(make_mocked_request("GET", "/"), web.HTTPFound("/text")) is None
