import pytest

from gateway.rpc import metadata


def test_binary_values_are_base64_with_or_without_its_end_and_grpcs_own_is_left_out():
    fields = [
        (b":path", b"/a/b"),
        (b"te", b"trailers"),
        (b"grpc-timeout", b"1S"),
        (b"user-agent", b"me"),
        (b"a-bin", b"AQI="),
        (b"b-bin", b"AQI"),
        (b"c-bin", b"AQ,Ag"),
        (b"name", "é".encode()),
        (b"old", b"\xe9"),
    ]
    assert metadata.read(fields) == (
        ("user-agent", "me"),
        ("a-bin", b"\x01\x02"),
        ("b-bin", b"\x01\x02"),
        ("c-bin", b"\x01"),
        ("c-bin", b"\x02"),
        ("name", "é"),
        ("old", "é"),
    )


def test_what_is_not_base64_is_told():
    with pytest.raises(ValueError, match="a-bin must be base64"):
        metadata.read([(b"a-bin", b"!")])


def test_metadata_is_written_as_it_is_read():
    told = (("Key", "value"), ("x-bin", b"\x00\xff\x01"), ("y-bin", b""))
    fields = metadata.write(told)
    assert fields == [(b"key", b"value"), (b"x-bin", b"AP8B"), (b"y-bin", b"")]
    assert metadata.read(fields) == (("key", "value"), *told[1:])
    assert metadata.write(None) == []


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (b"1H", 3600),
        (b"2M", 120),
        (b"3S", 3),
        (b"40m", 0.04),
        (b"5u", 5e-6),
        (b"6n", 6e-9),
        (b"99999999S", 99999999),
    ],
)
def test_a_timeout_has_a_unit(value, seconds):
    assert metadata.timeout_s(value) == pytest.approx(seconds)


@pytest.mark.parametrize("value", [b"", b"1", b"S", b"123456789S", b"-1S", b"1s", b"1.5S", b"1S\n"])
def test_a_timeout_that_is_none_is_told(value):
    with pytest.raises(ValueError, match="eight digits"):
        metadata.timeout_s(value)


def test_words_are_printable_and_percent_signs_stand_for_the_rest():
    assert metadata.status_message("a b~!") == b"a b~!"
    assert metadata.status_message("50%\n ü") == b"50%25%0A %C3%BC"
    assert metadata.status_message("\ud800") == b"?"
