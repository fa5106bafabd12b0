from gateway.simulator.contexts import StreamContext
from gateway.simulator.faults import Scene
from gateway.simulator.log import Saw
from legato.domain.audio import AudioFormat, Encoding
from tests.gateway.simulator.stage import PCM, Play


def test_a_stream_knows_its_format_and_writes_the_log():
    play = Play()
    vendor = play.session._vendor
    assert StreamContext(vendor, play.outlet, Scene(), PCM).header == b""
    stream = StreamContext(
        vendor, play.outlet, Scene("vendor", 1, "key", 2, "anna"), AudioFormat(Encoding.WAV, 8_000)
    )
    assert stream.header.startswith(b"RIFF")
    stream.note(stream.scene, Saw.LIMIT, 3, "flushes")
    [entry] = play.log.of(Saw.LIMIT)
    assert (entry.vendor, entry.connection, entry.utterance, entry.voice) == ("vendor", 1, 2, "anna")
    assert (entry.value, entry.note) == (3, "flushes")
    assert "key" not in entry.as_dict()
