"""R16: moves of chess, and what only looks like one."""

import pytest


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("en", "Qxf7#", "queen takes f seven checkmate"),
        ("en", "Rxe8+ Kxe8, then Nd6+", "rook takes e eight check king takes e eight, then knight d six check"),
        ("en", "Play Nf3, Bc4, and exd5", "Play knight f three, bishop c four, and e takes d five"),
        ("en", "after 23...Kh8?? and 3.Bb5 a6", "after twenty-three, king h eight and three, bishop b five a six"),
        ("en", "1.e4 e5 2.Nf3 Nc6", "one, e four e five two, knight f three knight c six"),
        ("en", "plays O-O or 12.O-O-O", "plays kingside castling or twelve, queenside castling"),
        ("en", "exd8=Q#", "e takes d eight becomes queen checkmate"),
        ("en", "R1xe2", "rook one takes e two"),
        ("de", "Dxf7# nach 3. Lb5", "Dame schlägt f sieben matt nach drei, Läufer b fünf"),
        ("fr", "3.Fb5 puis Dxf7#", "trois, fou b cinq puis dame prend f sept échec et mat"),
        ("es", "2.Cf3 y Axc6", "dos, caballo f tres y alfil por c seis"),
        ("it", "2.Cf3 e Dxd4+", "due, cavallo f tre e donna prende d quattro scacco"),
        ("pt", "2.Cf3 e Bxc6", "dois, cavalo f três e bispo captura c seis"),
        ("nl", "2.Pf3 en Lxc6", "twee, paard f drie en loper slaat c zes"),
        ("en", "Ba2+, Nd3+ and Na+", "Ba two plus, Nd three plus and Na plus"),
        ("en", "the chord Bb7, Ka1, room B4", "the chord Bb seven, Ka one, room B four"),
        ("en", "version 1.2, 3.5e4", "version one point two, three point five times ten to the fourth"),
    ],
)  # fmt: skip
def test_written_is_read_as_spoken(language, written, spoken, say):
    assert say(written, language) == spoken
