import hashlib

import pytest

from gateway.app.config.errors import ConfigError
from gateway.app.config.keys import strange_keys
from gateway.app.config.settings import load
from gateway.app.config.voices import KeySettings


def digest(key):
    return hashlib.sha256(key.encode()).hexdigest()


def found(**keys):
    return [
        (path[1:], said)
        for path, said in strange_keys({name: KeySettings(sha256=of) for name, of in keys.items()})
    ]


def test_keys_of_their_own_are_well():
    assert found(shop=[digest("a"), digest("b")], cafe=[digest("c")]) == []


def test_a_key_that_two_share_is_named():
    assert found(shop=[digest("a"), digest("b")], cafe=[digest("b")], bar=[digest("c"), digest("c")]) == [
        (
            ("cafe", "sha256", 0),
            "this key is also keys.shop.sha256[1]: whose streams it opens would be unclear",
        ),
    ]


def test_a_livekit_key_that_two_share_is_named():
    keys = {name: KeySettings(livekit={"APIa": "env:A", f"API{name}": "env:B"}) for name in ("shop", "cafe")}
    said = "this key is also keys.shop.livekit.APIa: whose streams it opens would be unclear"
    assert list(strange_keys(keys)) == [(("keys", "cafe", "livekit", "APIa"), said)]


@pytest.mark.parametrize("key", ["", "\n"], ids=["printf", "echo"])
def test_the_digest_of_a_variable_that_was_not_set_is_named(key, tmp_path):
    path = tmp_path / "legato.yaml"
    path.write_text(f"keys:\n  shop:\n    sha256: {digest(key)}\n")
    with pytest.raises(ConfigError) as caught:
        load(path, {})
    said = "this is the SHA-256 of an empty key: was the variable with the key set?"
    assert str(caught.value) == f"{path}:3: keys.shop.sha256[0]: {said}"
