"""What is written down comes back as it was."""

from loadtest.swarm.records import Beat, Kind, Outcome, Records, line_of
from tests.loadtest.swarm.turns_made import turn


def test_every_record_comes_back(tmp_path):
    file = tmp_path / "records.jsonl"
    cancelled = turn(
        1.5, kind=Kind.SPEAK, outcome=Outcome.CANCELLED, end_to_end_s=None, cancel_s=0.002, queued=True
    )
    failed = turn(2.0, outcome=Outcome.FAILED, error="vendor_lost", first_audio_s=None)
    beat = Beat(3.0, 100, 0.004, 0.25)
    file.write_text("".join(map(line_of, (12.5, cancelled, failed, beat))))
    records = Records.read(file)
    assert (records.begun_s, records.turns, records.beats) == (12.5, [cancelled, failed], [beat])
    assert [record.failed for record in records.turns] == [False, True]


def test_a_line_that_was_cut_off_is_left_out(tmp_path):
    file = tmp_path / "records.jsonl"
    file.write_text(line_of(turn()) + line_of(turn())[:-10])
    assert len(Records.read(file).turns) == 1


def test_a_file_that_is_not_there_yet_holds_nothing(tmp_path):
    assert Records.read(tmp_path / "none").begun_s is None
