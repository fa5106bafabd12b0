import pytest

from legato.domain.languages import in_range, is_language_tag, language_tag, primary_subtag


@pytest.mark.parametrize(
    ("written", "tag", "primary"),
    [
        ("en", "en", "en"),
        ("de-AT", "de-AT", "de"),
        ("de_AT", "de-AT", "de"),
        ("EN_us", "EN-us", "en"),
        ("zh_Hant_TW", "zh-Hant-TW", "zh"),
        ("es-419", "es-419", "es"),
        ("fil-PH", "fil-PH", "fil"),
    ],
)
def test_a_tag_is_read_in_both_spellings(written, tag, primary):
    assert language_tag(written) == tag
    assert is_language_tag(tag)
    assert primary_subtag(tag) == primary


@pytest.mark.parametrize(
    "written", ["", "e", "german", "en-", "_de", "de__AT", "de-waytoolong", "../de", "de AT", "de.UTF-8"]
)
def test_what_is_no_tag_is_none_after_reading_either(written):
    assert not is_language_tag(language_tag(written))


@pytest.mark.parametrize(
    ("tag", "wanted", "found"),
    [
        ("en-GB", "en", True),
        ("en-GB", "EN-gb", True),
        ("zh-Hant-TW", "zh-Hant", True),
        ("en", "en-GB", False),
        ("eng", "en", False),
    ],
)
def test_a_range_finds_a_tag_and_its_kinds(tag, wanted, found):
    assert in_range(tag, wanted) is found
