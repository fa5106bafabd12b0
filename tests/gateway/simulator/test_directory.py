from gateway.simulator.directory import SimulatedDirectory


def test_the_voices_of_the_script_or_one_of_no_special_name():
    named = SimulatedDirectory(("anna", "bernd"))
    assert [info.voice.name for info in named.voices()] == ["anna", "bernd"]
    assert list(named.names()) == ["anna", "bernd"]
    assert named.default_voice() == "anna"
    assert SimulatedDirectory(()).default_voice() == "simulated"
    assert named.formats()
    assert all(info.ready for info in named.voices())
