import pytest

from legato.domain.origins import allows


@pytest.mark.parametrize(
    ("listed", "origin", "allowed"),
    [
        ("*", "https://anything.example", True),
        ("http://localhost:*", "http://localhost:5173", True),
        ("http://localhost:*", "http://localhost", True),
        ("http://[::1]:*", "http://[::1]:80", True),
        ("http://localhost:*", "https://localhost:5173", False),
        ("http://localhost:*", "http://localhost.evil.example", False),
        ("http://localhost:*", "http://evil.example/?http://localhost:1", False),
        ("https://a.example", "https://a.example:8443", False),
        ("https://a.example", "null", False),
        ("https://a.example", "http://[broken", False),
    ],
)
def test_origins_match_as_they_are_written(listed, origin, allowed):
    assert allows(frozenset([listed]), origin) is allowed
