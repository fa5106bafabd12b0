from legato.domain.audio import AudioFormat, Encoding
from legato.faces.deepgram_v2_turns import Turns

SECOND = bytes(48_000)


def turns():
    return Turns("r-1", AudioFormat(Encoding.PCM_S16LE, 24_000))


def test_turns_have_ids_of_their_own_that_other_sessions_do_not_have():
    several = turns()
    first, second = several.begin(), several.begin()
    ids = [several.get(name).speech_id for name in (first, second)]
    assert all(one.startswith("dg_sp_") and len(one) == 18 for one in ids)
    other = Turns("r-2", AudioFormat(Encoding.PCM_S16LE, 24_000))
    assert len({*ids, other.get(other.begin()).speech_id}) == 3
    assert several.names == {first, second}


def test_what_a_turn_costs_is_summed_when_it_ends():
    one = turns()
    name = one.begin()
    turn = one.get(name)
    turn.chars += 5
    one.heard(turn, len(SECOND))
    assert one.totals()["total_input_character_count"] == 0
    assert one.end(name) is turn
    assert one.end(name) is None
    told = one.counts(turn)
    assert (told["audio_duration_ms"], told["input_character_count"]) == (1000, 5)
    assert one.totals()["total_billable_character_count"] == 5


def test_the_sessions_audio_leaves_out_what_was_cut_off():
    one = turns()
    turn = one.get(one.begin())
    one.heard(turn, 3 * len(SECOND))
    assert one.sample_at(500) == 12_000
    one.cut(500)
    assert one.played_ms == 500
    one.heard(turn, len(SECOND))
    assert one.played_ms == 1500
    assert one.sample_at(750) == 3 * 24_000 + 6_000
    one.cut(9_000)
    assert one.played_ms == 1500


def test_a_message_that_is_refused_is_uncounted_once():
    one = turns()
    name = one.begin()
    turn = one.get(name)
    one.written(turn, 5)
    one.written(turn, 7)
    one.refused(name)
    one.refused(name)
    assert one.counts(turn)["billable_character_count"] == 5
