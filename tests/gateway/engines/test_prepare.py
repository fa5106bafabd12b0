import os
import subprocess
import sys

import numpy as np
import pytest

from gateway.engines import prepare
from gateway.engines.piper_decoder import PiperDecoder
from gateway.engines.prepared import GRAPHS, prepared_voices, read_voice

pytestmark = pytest.mark.voice


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    directory = tmp_path_factory.mktemp("voices")
    (older := directory / "joe-0.9-1").mkdir()
    assert prepare.main([str(directory)]) == 0
    assert not older.exists()
    return directory


def test_all_graphs_are_written_and_speak(made):
    (path,) = prepared_voices(made)
    assert {f"{graph}.onnx" for graph in GRAPHS} <= {entry.name for entry in path.iterdir()}
    decoder = PiperDecoder(path)
    sentence = decoder.read([1, 0, 20, 0, 30, 0, 2], (0.667, 1.0, 0.8))
    samples = np.concatenate(list(decoder.decode(sentence)))
    assert samples.size == sentence.frames * read_voice(path).samples_per_frame
    assert np.isfinite(samples).all()


def test_a_prepared_voice_is_left_alone(made):
    (path,) = prepared_voices(made)
    before = {entry.name: entry.stat().st_mtime_ns for entry in path.iterdir()}
    assert prepare.main([str(made)]) == 0
    assert before == {entry.name: entry.stat().st_mtime_ns for entry in path.iterdir()}


def test_it_needs_no_docstring(made, monkeypatch):
    """`PYTHONOPTIMIZE=2` leaves them out."""
    monkeypatch.setattr(prepare, "__doc__", None)
    assert prepare.main([str(made)]) == 0


def test_nothing_is_left_over(made):
    assert len(list(made.iterdir())) == 1


def test_what_a_run_that_was_killed_has_left_is_removed_by_the_next(made, tmp_path):
    (path,) = prepared_voices(made)
    (tmp_path / path.name).mkdir()
    (tmp_path / path.name / "voice.json").touch()
    with subprocess.Popen(
        [sys.executable, "-c", STOPPED, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    ) as running:
        assert running.stdout.readline()
        assert prepare.main([str(tmp_path)]) == 0
        assert len(list(tmp_path.glob(".joe-*"))) == 1, "the other one is still at work"
        running.kill()
    assert len(list(tmp_path.glob(".joe-*"))) == 1
    assert prepare.main([str(tmp_path)]) == 0
    assert list(tmp_path.iterdir()) == [tmp_path / path.name]


STOPPED = """
import pathlib, sys
from gateway.engines import prepare

def write(original, made):
    print("writing", flush=True)
    sys.stdin.read()

prepare._write, prepare.MANIFEST = write, "none"
prepare.prepare(prepare.shipped()[0], pathlib.Path(sys.argv[1]))
"""


def test_a_place_that_cannot_be_written_to_is_named(tmp_path, caplog):
    (tmp_path / "file").touch()
    assert prepare.main([str(tmp_path / "file" / "voices")]) == 1
    (line,) = caplog.messages
    assert line.startswith(f"cannot prepare voices in {tmp_path}/file/voices: ")
    assert "Not a directory" in line


def test_two_at_once_make_one_voice(made, tmp_path):
    (path,) = prepared_voices(made)
    second = tmp_path / path.name
    second.mkdir()
    (second / "voice.json").touch()
    prepare._move(second, path)
    assert read_voice(path).name == "joe"


def test_a_directory_in_the_way_is_not_taken_for_a_voice(tmp_path):
    made, blocked = tmp_path / "made", tmp_path / "blocked"
    made.mkdir()
    blocked.mkdir()
    (blocked / "something").touch()
    with pytest.raises(OSError):
        prepare._move(made, blocked)
