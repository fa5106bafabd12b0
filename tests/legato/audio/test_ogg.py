import struct

import pytest

from legato.audio.ogg import OggWriter, Place, last_position, segments


def crc(page):
    """The checksum as RFC 3533 has it, bit by bit."""
    register = 0
    for byte in page[:22] + bytes(4) + page[26:]:
        register ^= byte << 24
        for _ in range(8):
            register = (register << 1 ^ (0x04C11DB7 if register >> 31 else 0)) & 0xFFFF_FFFF
    return register


def parted(data):
    """Return (flags, position, serial, number, packets) of every page."""
    pages = []
    while data:
        capture, version, flags, position, serial, number, checksum, count = struct.unpack_from(
            "<4sBBqIIIB", data
        )
        assert (capture, version) == (b"OggS", 0)
        lacing = data[27 : 27 + count]
        end = 27 + count + sum(lacing)
        assert checksum == crc(data[:end])
        at, packets, size = 27 + count, [], 0
        for part in lacing:
            size += part
            if part < 255:
                packets.append(data[at : at + size])
                at, size = at + size, 0
        assert size == 0, "no packet is continued"
        pages.append((flags, position, serial, number, packets))
        data = data[end:]
    return pages


def test_pages_are_numbered_and_hold_whole_packets():
    ogg, packets = OggWriter(7), [b"a" * 10, b"b" * 255, b"", b"c" * 600]
    data = ogg.page([b"head"], 0, Place.FIRST) + ogg.page(packets, 960) + ogg.page([b"z"], 1_000, Place.LAST)
    assert parted(data) == [
        (2, 0, 7, 0, [b"head"]),
        (0, 960, 7, 1, packets),
        (4, 1_000, 7, 2, [b"z"]),
    ]


def test_a_page_without_packets_has_no_position():
    assert parted(OggWriter(1).page([], 960, Place.LAST)) == [(4, -1, 1, 0, [])]
    assert parted(OggWriter(1).pages([], [], Place.LAST)) == [(4, -1, 1, 0, [])]


@pytest.mark.parametrize("size", [3, 254, 255, 1_275])
def test_what_does_not_fit_on_a_page_goes_on_the_next(size):
    packets = [bytes((number,)) * size for number in range(200)]
    positions = [960 * (number + 1) for number in range(200)]
    pages = parted(OggWriter(1).pages(packets, positions, Place.LAST))
    assert [one for *_, several in pages for one in several] == packets
    assert all(sum(map(segments, several)) <= 255 for *_, several in pages)
    assert [flags for flags, *_ in pages] == [0] * (len(pages) - 1) + [4]
    told, ended = [], 0
    for *_, several in pages:
        ended += len(several)
        told.append(960 * ended)
    assert [position for _, position, *_ in pages] == told


def test_the_position_is_read_back():
    ogg = OggWriter(1)
    data = ogg.page([b"a"], 5) + ogg.page([b"OggS"], 9) + ogg.page([], 9, Place.LAST)
    assert last_position(data) == 9
    assert last_position(b"") is None
    assert last_position(data[:20]) is None
    assert last_position(b"RIFF" + data) is None
    assert last_position(ogg.page([], 9)) is None
