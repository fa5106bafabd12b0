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
        ("en", "seat Bc4, plan Qd8, part Nf3", "seat Bc four, plan Qd eight, part Nf three"),
        ("en", "Move your bags to seat Bc4. The queen is in Bc4's row", "Move your bags to seat Bc four. The queen is in Bc four's row"),
        ("en", "White plays Nf3 and Black answers Nc6", "White plays knight f three and Black answers knight c six"),
        ("en", "the line goes Nf3 Nc6 Bb5", "the line goes knight f three knight c six bishop b five"),
        ("en", "In chess e4 is good, and then Nf3", "In chess e four is good, and then knight f three"),
        ("en", "after Qxe5, the reply Bb5", "after queen takes e five, the reply bishop b five"),
        ("de", "Teil Sf3, Weiß spielt Sf3", "Teil Sf drei, Weiß spielt Springer f drei"),
        ("nl", "stoel Lb4, wit speelt Pf3", "stoel Lb vier, wit speelt paard f drie"),
        ("en", "Then 12. 0-0-0 Nf6 wins.", "Then twelve, queenside castling Nf six wins."),
        ("en", "in minute 90. 0-0 was fair, and then 5.0-0", "in minute ninety. zero to zero was fair, and then five, kingside castling"),
        ("en", "version 1.2, 3.5e4", "version one point two, three point five times ten to the fourth"),
    ],
)  # fmt: skip
def test_written_is_read_as_spoken(language, written, spoken, say):
    assert say(written, language) == spoken
