from gateway.simulator.faults import Scene
from gateway.simulator.log import Saw
from gateway.simulator.stage import Stage
from legato.domain.audio import AudioFormat, Encoding
from tests.gateway.simulator.stage import PCM, Play


def test_a_stage_knows_its_format_and_writes_the_log():
    play = Play()
    theatre = play.session._theatre
    assert Stage(theatre, play.outlet, Scene(), PCM).header == b""
    stage = Stage(
        theatre, play.outlet, Scene("vendor", 1, "key", 2, "anna"), AudioFormat(Encoding.WAV, 8_000)
    )
    assert stage.header.startswith(b"RIFF")
    stage.note(stage.scene, Saw.LIMIT, 3, "flushes")
    [entry] = play.log.of(Saw.LIMIT)
    assert (entry.vendor, entry.connection, entry.utterance, entry.voice) == ("vendor", 1, 2, "anna")
    assert (entry.value, entry.note) == (3, "flushes")
    assert "key" not in entry.as_dict()
