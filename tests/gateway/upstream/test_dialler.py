from gateway.upstream.dialler import DIALS, dial
from legato.domain.vendors import Transport
from tests.gateway.upstream.wires import Reader, calling


def test_every_transport_has_its_wire():
    assert set(DIALS) == set(Transport)


async def test_it_dials_by_transport(vendor):
    async with calling(vendor.url) as call:
        wire = await dial(Transport.WEBSOCKET, call, Reader())
        wire.close()
    assert vendor.knocks
