"""What a run starts: the configuration of the gateway is one that it takes, and stands behind what is asked for."""

from gateway.app.config.settings import Settings
from gateway.simulator.script import Script
from loadtest.swarm.surroundings import SCRIPT, VOICE, Surroundings


def test_the_gateway_takes_its_configuration(tmp_path):
    around = Surroundings(tmp_path, tmp_path / "legato", vendors=2, ceiling=400)
    settings = Settings.model_validate(around.settings())
    routes = [route.provider for route in settings.voices[VOICE].routes]
    assert routes == ["sim0", "sim1"]
    urls = {settings.providers[name].url for name in routes}
    assert len(urls) == 2
    assert {settings.providers[name].pool.ceiling for name in routes} == {400}
    assert settings.server.http in around.websocket
    assert settings.server.grpc in around.grpc


def test_a_gateway_that_has_ended_tells_nothing_of_its_loop(tmp_path):
    assert Surroundings(tmp_path, tmp_path / "legato", vendors=1, ceiling=400).loop_lag() is None


def test_the_vendor_is_that_of_the_targets():
    script = Script.model_validate(SCRIPT)
    assert script.pace.first_byte.constant_ms == 80
    assert script.pace.speed == 4
    assert set(script.limits.values()) == {0}, "no plan of a vendor is what is measured"
