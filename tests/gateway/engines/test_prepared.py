import json
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from gateway.engines.prepared import (
    MANIFEST,
    PreparedVoice,
    default_directory,
    prepared_voices,
    read_voice,
    voice_directory,
)

VOICE = PreparedVoice("ann", "en-GB", 16_000, 256, 1.5, "z", "m", "w", "f")


def write(directory, name):
    path = voice_directory(directory, name, "2.0")
    path.mkdir(parents=True)
    (path / MANIFEST).write_text(json.dumps(asdict(VOICE)))
    return path


def test_a_manifest_is_read_as_it_was_written(tmp_path):
    assert read_voice(write(tmp_path, "ann")) == VOICE


def test_voices_are_found_by_name_and_other_layouts_are_not(tmp_path):
    zoe, ann = write(tmp_path, "zoe"), write(tmp_path, "ann")
    (tmp_path / "old-1.0-0").mkdir()
    (tmp_path / "old-1.0-0" / MANIFEST).touch()
    (tmp_path / "half-1.0-1").mkdir()
    assert prepared_voices(tmp_path) == (ann, zoe)


def test_no_directory_means_no_voices(tmp_path):
    assert prepared_voices(tmp_path / "none") == ()


def test_a_directory_without_a_voice_is_said_so(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_voice(tmp_path)


def test_voices_lie_in_the_environment():
    assert default_directory() == Path(sys.prefix) / "share" / "legato" / "voices"
