"""The binary frame, byte for byte as docs/protocol.md shows it to client authors."""

import re
from pathlib import Path

import pytest

from legato.faces.native_frames import HEADER, audio_frame

PAGE = (Path(__file__).parents[3] / "docs" / "protocol.md").read_text()
ROW = re.compile(
    r"^\| (\d+) \| (\d+) \| (\d+) \| (\d+) \| `([0-9a-f ]*)` \| `([0-9a-f ]+)` \|$", re.MULTILINE
)
VECTORS = ROW.findall(PAGE)


def test_the_page_has_vectors():
    assert len(VECTORS) >= 3


@pytest.mark.parametrize("row", VECTORS, ids=lambda row: row[0])
def test_each_vector_of_the_page_is_what_is_sent(row):
    ordinal, server_seq, generation, offset = (int(value) for value in row[:4])
    frame = audio_frame(ordinal, server_seq, generation, offset, bytes.fromhex(row[4]))
    assert frame == bytes.fromhex(row[5])


def test_the_header_is_24_bytes_and_its_counters_wrap():
    frame = audio_frame((1 << 32) + 1, (1 << 32) + 2, (1 << 32) + 3, (1 << 64) - 1, b"")
    assert len(frame) == HEADER.size == 24
    assert HEADER.unpack(frame) == (1, 1, 0, 1, 2, 3, (1 << 64) - 1)
