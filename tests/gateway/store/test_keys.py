import hashlib

import pytest

from gateway.store.keys import KeyStore
from legato.domain.speech import Principal

SHOP = Principal("shop", "acme", 1, 5)


def digest(key):
    return hashlib.sha256(key.encode()).hexdigest()


def test_a_key_is_its_principals():
    store = KeyStore({digest("open sesame"): SHOP, digest("second"): SHOP})
    assert store.principal("open sesame") == SHOP
    assert store.principal("second") == SHOP
    assert len(store) == 2


@pytest.mark.parametrize("key", ["", "Open sesame", "open sesame ", "\udcff", digest("open sesame")])
def test_any_other_is_nobodys(key):
    assert KeyStore({digest("open sesame"): SHOP}).principal(key) is None


def test_the_empty_key_opens_nothing_even_when_its_digest_is_configured():
    assert KeyStore({digest(""): SHOP}).principal("") is None


def test_the_store_keeps_no_key():
    assert "sesame" not in repr(vars(KeyStore({digest("open sesame"): SHOP})))
