import pytest

from gateway.app.vendor_secrets import Secret, watched


def test_a_vendor_that_wants_no_key_gets_none():
    secret = Secret(None, {})
    assert secret() == ""
    assert not secret.has_changed()


@pytest.mark.parametrize("key", ["sk\u2013secret", "se\u200bcret", "schl\u00fcssel"])
def test_a_key_that_no_vendor_gives_is_named_and_not_shown(key):
    """A key that was pasted from a page: gRPC said "Invalid metadata", which was told as a vendor that is down."""
    with pytest.raises(ValueError, match=r"holds .*a character that is no part of any key") as told:
        Secret("env:KEY", {"KEY": key})()
    assert key not in str(told.value)


def test_a_key_is_fetched_anew_every_time(tmp_path):
    file = tmp_path / "key"
    file.write_text("old\n")
    secret = Secret(f"file:{file}", {})
    assert secret() == "old"
    file.write_text("new\n")
    assert secret() == "new"


def test_a_change_is_told_once_by_name(tmp_path):
    file = tmp_path / "key"
    file.write_text("old")
    secrets, told = {"v": Secret(f"file:{file}", {}), "w": Secret("env:W", {"W": "same"})}, []
    watched(secrets, told.append)
    watched(secrets, told.append)
    assert told == []
    file.write_text("new")
    watched(secrets, told.append)
    watched(secrets, told.append)
    assert told == ["v"]


def test_a_file_that_is_gone_for_a_moment_is_no_change(tmp_path):
    file = tmp_path / "key"
    file.write_text("same")
    secret = Secret(f"file:{file}", {})
    assert not secret.has_changed()
    file.unlink()
    assert not secret.has_changed()
    with pytest.raises(ValueError, match="cannot be read"):
        secret()
    file.write_text("same")
    assert not secret.has_changed()


def test_it_never_shows_the_key():
    assert "planted" not in repr(Secret("env:K", {"K": "planted"}))
