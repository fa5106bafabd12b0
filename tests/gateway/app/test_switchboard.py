import asyncio
import io
import json

import pytest

from gateway.app.switchboard import Switchboard
from gateway.telemetry.logs import Logs
from gateway.upstream.route_desk import Control
from gateway.upstream.view import VendorView
from legato.domain.errors import Reason, SpeechError


class Provider:
    """Has one route that has been used."""

    def __init__(self, name):
        self.name, self.asked, self.steps = name, [], []

    def view_in_steps(self):
        for _ in range(3):
            self.steps.append(self.name)
            yield
        return VendorView(self.name, len(self.asked), 0, 0, (), ())

    def control(self, route, control):
        self.asked.append(control)
        return route == f"{self.name}/used"

    def hold(self, route, control):
        self.asked.append((route, control))


async def test_vendors_are_json_of_every_provider():
    told = await Switchboard({name: Provider(name) for name in ("v", "joe")}).vendors()
    assert [one["provider"] for one in json.loads(told)] == ["v", "joe"]
    assert await Switchboard({}).vendors() == b"[]"


async def test_others_are_served_after_each_step_of_a_view():
    """A view of 6,000 places, made at once, held up every stream for 70 ms and more."""
    provider = Provider("v")
    async with asyncio.TaskGroup() as tasks:
        asked = tasks.create_task(Switchboard({"v": provider}).vendors())
        for steps in (1, 2, 3):
            await asyncio.sleep(0)
            assert len(provider.steps) == steps
            assert not asked.done()
    assert json.loads(asked.result())


@pytest.mark.parametrize(
    ("action", "control"),
    [
        ("drain", Control.DRAINED),
        ("pin", Control.PINNED),
        ("eject", Control.EJECTED),
        ("reset", Control.NONE),
    ],
)
def test_an_action_is_for_the_route_s_own_provider(action, control):
    providers = {name: Provider(name) for name in ("v", "joe")}
    board = Switchboard(providers)
    written = io.StringIO()
    with Logs("info", "json", written):
        assert board.control("joe/used", action)
    assert not board.control("joe/unused", action)
    assert not board.control("nobody/used", action)
    assert (providers["v"].asked, providers["joe"].asked) == ([], [control, control])
    line = json.loads(written.getvalue())
    assert (line["level"], line["route"], line["action"]) == ("warning", "joe/used", action)


def test_an_action_that_there_is_not_is_named():
    with pytest.raises(
        SpeechError, match="unknown action 'kick'; expected one of drain, pin, eject, reset"
    ) as caught:
        Switchboard({}).control("v/used", "kick")
    assert caught.value.reason is Reason.BAD_FRAME


def test_what_is_held_is_the_own_providers_used_or_not():
    providers = {name: Provider(name) for name in ("v", "joe")}
    board = Switchboard(providers)
    board.hold("joe/unused", "drain")
    board.hold("nobody/used", "drain")
    assert (providers["v"].asked, providers["joe"].asked) == ([], [("joe/unused", Control.DRAINED)])
