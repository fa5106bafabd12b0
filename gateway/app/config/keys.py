"""Finds keys that cannot mean what they say: one that two principals share, and one that is empty."""

from collections.abc import Iterator, Mapping

from gateway.app.config.errors import OptionPath, dotted
from gateway.app.config.voices import KeySettings

_OF_NOTHING = frozenset(
    {
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "01ba4719c80b6fe911b091a7c05124b64eeece964e09c058ef8f9805daca546b",
    }
)
"""The SHA-256 of an empty key, and of one that is only the end of a line."""


def strange_keys(keys: Mapping[str, KeySettings]) -> Iterator[tuple[OptionPath, str]]:
    """Yield the keys that are wrong, with what is wrong."""
    first: dict[str, OptionPath] = {}
    for name, key in keys.items():
        for place, known in _known_by(name, key):
            if known in _OF_NOTHING:
                yield place, "this is the SHA-256 of an empty key: was the variable with the key set?"
            elif known in first and first[known][1] != name:
                yield (
                    place,
                    f"this key is also {dotted(first[known])}: whose streams it opens would be unclear",
                )
            first.setdefault(known, place)


def _known_by(name: str, key: KeySettings) -> Iterator[tuple[OptionPath, str]]:
    """Yield the digests of a principal's keys, and its LiveKit API keys, with their places."""
    for index, digest in enumerate(key.sha256):
        yield ("keys", name, "sha256", index), digest
    for api_key in key.livekit:
        yield ("keys", name, "livekit", api_key), api_key
