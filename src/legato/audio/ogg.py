"""Ogg pages: written as packets come, one page for all that are complete, and read for how much sound they hold.

A page ends with its packets: none is continued on the next page, so that whoever has a page can play all of it.
"""

import enum
import struct
import zlib
from collections.abc import Sequence

_PAGE = struct.Struct("<4sBBqIIIB")
_CAPTURE = b"OggS"
_NO_POSITION = -1
_MOST_SEGMENTS = 255
_MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


class Place(enum.IntFlag):
    """Where a page stands in its stream."""

    WITHIN = 0
    FIRST = 2
    LAST = 4


class OggWriter:
    """Writes the pages of one stream.

    Args:
        serial: the stream's number; streams that follow one another in a file have different ones.
    """

    __slots__ = ("_pages", "_serial")

    def __init__(self, serial: int) -> None:
        self._serial = serial
        self._pages = 0

    def page(self, packets: Sequence[bytes], position: int, place: Place = Place.WITHIN) -> bytes:
        """Return one page.

        Args:
            packets: no more than fit into 255 segments (`segments`).
            position: samples up to the end of the last packet; without packets it is not written.
            place: where the page stands.
        """
        lacing = b"".join(b"\xff" * (len(one) // 255) + bytes((len(one) % 255,)) for one in packets)
        at = position if packets else _NO_POSITION
        head = _PAGE.pack(_CAPTURE, 0, place, at, self._serial, self._pages, 0, len(lacing))
        self._pages += 1
        page = b"".join((head, lacing, *packets))
        return page[:22] + _checksum(page) + page[26:]

    def pages(self, packets: Sequence[bytes], positions: Sequence[int], place: Place) -> bytes:
        """Return as few pages as these packets fit on; the position is that after each of them, the place that of the last page."""
        done, start, room = [], 0, _MOST_SEGMENTS
        for at, packet in enumerate(packets):
            room -= segments(packet)
            if room < 0:
                done.append(self.page(packets[start:at], positions[at - 1]))
                start, room = at, _MOST_SEGMENTS - segments(packet)
        return b"".join((*done, self.page(packets[start:], positions[-1] if packets else 0, place)))


def segments(packet: bytes) -> int:
    """Return how many segments of a page a packet takes."""
    return len(packet) // 255 + 1


def last_position(data: bytes) -> int | None:
    """Return where the last packet of these pages ends; `None` if no packet does, or these are no pages."""
    last, at = None, 0
    while at + _PAGE.size <= len(data):
        capture, _, _, position, _, _, _, count = _PAGE.unpack_from(data, at)
        if capture != _CAPTURE:
            break
        if position != _NO_POSITION:
            last = position
        at += _PAGE.size
        at += count + sum(data[at : at + count])
    return last


def _checksum(page: bytes) -> bytes:
    """Ogg's CRC-32 takes the highest bit first, that of zlib the lowest: bits are mirrored going in and coming out."""
    turned = zlib.crc32(page.translate(_MIRRORED), 0xFFFF_FFFF) ^ 0xFFFF_FFFF
    return turned.to_bytes(4, "big").translate(_MIRRORED)
