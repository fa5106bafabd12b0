"""Italian number words."""

import pytest


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("it", "Caterina II, 1 età", "Caterina seconda, un età"),
        ("it", "0", "zero"),
        ("it", "1", "uno"),
        ("it", "21", "ventuno"),
        ("it", "28", "ventotto"),
        ("it", "30", "trenta"),
        ("it", "100", "cento"),
        ("it", "369", "trecento sessantanove"),
        ("it", "1000", "mille"),
        ("it", "2000", "duemila"),
        ("it", "1034500", "un milione trentaquattromila cinquecento"),
        ("it", "3º", "terzo"),
        ("it", "11ª", "undicesima"),
        ("it", "23º", "ventitreesimo"),
        ("it", "1/2", "un mezzo"),
        ("it", "2/3", "due terzi"),
        ("it", "5/1", "cinque su uno"),
        ("it", "1,05", "uno virgola zero cinque"),
        ("it", "1,1234", "uno virgola uno due tre quattro"),
        ("it", "12:05", "dodici e cinque"),
    ],
)
def test_written_is_read_as_spoken(language, written, spoken, say):
    assert say(written, language) == spoken
