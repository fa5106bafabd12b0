"""R16: verses and lines."""

import pytest


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("en", "Section 8.2(a)(iii) of", "Section eight point two a three of"),
        ("en", "§ 1030(a)(2), 12(b), 3(4)", "section one thousand thirty a two, twelve (b), three (four)"),
        ("en", "2 Tim. 3:16", "Second Timothy three sixteen"),
        ("en", "Luke 2:7", "Luke two verse seven"),
        ("en", "Matt. 5:14", "Matthew five fourteen"),
        ("en", "1 Cor. 13:4–7", "First Corinthians thirteen four to seven"),
        ("en", "Mark 5:30 pm", "Mark five thirty PM"),
        ("en", "see app.py:12", "see app dot PY line twelve"),
        ("en", "at src/web/page.tsx:7:3.", "at src slash web slash page dot tsx line seven."),
        ("en", "in lib/tools.go now", "in lib slash tools dot GO now"),
        ("en", "a.b:3 is", "a.b: three is"),
        ("de", "app.py:12", "app Punkt p y: zwölf"),
    ],
)
def test_written_is_read_as_spoken(language, written, spoken, say):
    assert say(written, language) == spoken
