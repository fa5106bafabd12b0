from legato.domain.delivery import PLAIN, Delivery, Takes

ALL = Delivery(rate=0.5, pitch=2.0, volume=-6.0, voice="anna", language="fr")


def test_a_delivery_inside_another_adds_up_within_bounds():
    inner = Delivery(rate=0.5, pitch=-20.0, volume=20.0, language="de").within(ALL)
    assert inner == Delivery(rate=0.25, pitch=-12.0, volume=12.0, voice="anna", language="de")
    assert PLAIN.within(ALL) == ALL
    assert ALL.within(PLAIN) == ALL


def test_a_route_keeps_what_it_takes():
    assert Takes(rate=(0.7, 1.2)).kept(ALL) == Delivery(rate=0.5)
    assert Takes(pitch=(-2, 2), volume=(-6, 6), language=True).kept(ALL) == Delivery(
        pitch=2.0, volume=-6.0, language="fr"
    )
    assert Takes().kept(PLAIN) is PLAIN
    assert Takes().kept(ALL) == PLAIN


def test_what_a_route_cannot_follow_is_named():
    assert Takes().missing(ALL, emphasis=True) == (
        "prosody rate",
        "prosody pitch",
        "prosody volume",
        "lang",
        "emphasis",
    )
    everything = Takes((0.5, 2), (-12, 12), (-40, 12), emphasis=True, language=True)
    assert everything.missing(ALL, emphasis=True) == ()
    assert Takes().missing(PLAIN) == ()


def test_a_route_says_what_it_follows():
    assert str(Takes()) == "no such markup"
    assert str(Takes((0.7, 1.2), (-3, 3), (-13, 8), emphasis=True, language=True)) == (
        "prosody rate 0.7 to 1.2, prosody pitch -3 to +3 st, prosody volume -13 to +8 dB, emphasis, lang"
    )
