import pytest

from legato.faces.bearer import bearer_key
from legato.ports import RequestHead


@pytest.mark.parametrize(
    ("header", "key"),
    [("Bearer k", "k"), ("bearer  a b ", "a b"), ("Bearer", ""), ("Token k", ""), ("k", ""), ("", "")],
)
def test_only_a_bearer_key_is_one(header, key):
    assert bearer_key(RequestHead("GET", "/", {}, {"authorization": header})) == key


def test_a_request_may_have_no_key():
    assert bearer_key(RequestHead("GET", "/", {}, {})) == ""
