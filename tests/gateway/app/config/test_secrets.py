import pytest

from gateway.app.config.secrets import masked, resolve


def test_secrets_are_masked_wherever_they_stand():
    value = {
        "options": [
            {"Api-Key": "s1", "authorization": "s2", "x_token": "s3", "password": ["s4"], "style": "calm"}
        ],
        "credential": "env:NAME",
        "sha256": ["0123456789abcdef"],
        "url": "wss://u:s5@host:1/p?q=1",
        "count": 3,
    }
    shown = masked(value)
    assert shown["options"][0] == {
        "Api-Key": "***",
        "authorization": "***",
        "x_token": "***",
        "password": ["***"],
        "style": "calm",
    }
    assert shown["credential"] == "env:NAME"
    assert shown["sha256"] == ["01234567***"]
    assert shown["url"] == "wss://***@host:1/p?q=1"
    assert shown["count"] == 3


def test_a_word_is_no_name_of_a_secret():
    words = {
        "text": {"lexicon": {"Turkey": "turkiye", "password": "pass word"}},
        "lexicons": {"tokens": {"words": {"monkey": {"say": "munkey", "ipa": "ˈmʌŋki"}, "key": "kee"}}},
    }
    assert masked(words) == words


def test_a_secret_behind_a_name_of_the_operators_own_is_masked():
    shown = masked(
        {
            "providers": {"monkey": {"credential": "s1", "url": "ws://u:s2@h"}},
            "keys": {"turkey": {"sha256": "12345678"}},
        }
    )
    assert shown == {
        "providers": {"monkey": {"credential": "***", "url": "ws://***@h"}},
        "keys": {"turkey": {"sha256": "12345678***"}},
    }


def test_a_plain_address_stays_as_it_is():
    assert masked({"url": "wss://host/p"}) == {"url": "wss://host/p"}


def test_a_reference_is_followed(tmp_path):
    file = tmp_path / "key"
    file.write_text("from-file\n", encoding="utf-8")
    assert resolve("env:NAME", {"NAME": "from-env"}) == "from-env"
    assert resolve(f"file:{file}", {}) == "from-file"


def test_white_space_around_a_secret_is_not_part_of_it(tmp_path):
    """Kubernetes' secrets often end in a line break; in a header of a request it ended the gateway."""
    file = tmp_path / "key"
    file.write_text("\ufeffkey\r\n", encoding="utf-8")
    assert resolve("env:NAME", {"NAME": "key\n"}) == "key"
    assert resolve(f"file:{file}", {}) == "key"


@pytest.mark.parametrize("secret", ["new\n# old", "a\r\nX-Other: b", "a\0b", "a\x7f", "a\udcff"])
def test_what_cannot_be_sent_is_named_and_not_shown(tmp_path, secret):
    with pytest.raises(ValueError, match="the variable NAME holds more than one line, or a") as told:
        resolve("env:NAME", {"NAME": secret})
    assert secret not in str(told.value)
    file = tmp_path / "key"
    file.write_text("one\ntwo\n", encoding="utf-8")
    with pytest.raises(ValueError, match="holds more than one line"):
        resolve(f"file:{file}", {})


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("env:NAME", "the variable NAME is missing or empty"),
        ("file:/nowhere/key", "the file /nowhere/key cannot be read: no such file or directory"),
        ("file:/dev", "the file /dev cannot be read: is a directory"),
    ],
)
def test_a_reference_to_nothing_is_named(reference, said):
    with pytest.raises(ValueError, match=said):
        resolve(reference, {})


def test_an_empty_file_is_no_secret(tmp_path):
    file = tmp_path / "key"
    file.write_text("\n", encoding="utf-8")
    with pytest.raises(ValueError, match="is missing or empty"):
        resolve(f"file:{file}", {})
