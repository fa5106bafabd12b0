import pytest
from pydantic import ValidationError

from gateway.simulator.script import Bimodal, Fault, Script, ScriptError, Uniform
from legato.domain.errors import Reason


def test_a_script_is_read_from_yaml(tmp_path):
    path = tmp_path / "script.yaml"
    path.write_text(
        """
        pace: {first_byte: {fast_ms: 80, slow_ms: 1500, slow_share: 0.03}, speed: 4}
        word_times: late
        limits: {concurrency: 3}
        faults:
          - when: {utterance: 2, at: word, value: 3}
            do: reset
          - when: {share: 0.1, at: dial}
            do: {http: 429, retry_after_s: 2}
            times: 0
          - do: {error: vendor_quota}
        """
    )
    script = Script.read(path)
    assert script.pace.first_byte == Bimodal(fast_ms=80, slow_ms=1500, slow_share=0.03)
    assert [fault.name for fault in script.faults] == ["reset", "http", "error"]
    assert script.faults[2].do.error is Reason.VENDOR_QUOTA
    assert (script.faults[0].times, script.faults[1].times) == (1, 0)


def test_json_and_an_empty_file_are_scripts(tmp_path):
    path = tmp_path / "script.json"
    path.write_text('{"pace": {"first_byte": {"low_ms": 1, "high_ms": 2}}, "faults": []}')
    assert Script.read(path).pace.first_byte == Uniform(low_ms=1, high_ms=2)
    path.write_text("")
    assert Script.read(path) == Script()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("paces: {}", "paces"),
        ("faults: [{do: explode}]", "faults.0.do"),
        ("pace: {speed: -1}", "pace.speed"),
        ("a: [", "not valid YAML"),
        ("pace: {first_byte: {low_ms: 3, high_ms: 2}}", "high_ms must not be below low_ms"),
        ("[1]", "script: must be a mapping"),
        ("keys: k", "keys: must be a list"),
        ("1: 2", "names must be text"),
        ("keys: " + "[" * 3000 + "]" * 3000, "nested too deeply"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, text, said):
    path = tmp_path / "script.yaml"
    path.write_text(text)
    with pytest.raises(ScriptError, match=said):
        Script.read(path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("faults: [{do: rest}]", "faults.0.do: must be 'reset'"),
        ("faults: [{do: {close: 999}}]", "faults.0.do.close: must be greater"),
        ("faults: [{do: {close: 1011, delay_ms: 3}}]", "faults.0.do.close: no such option"),
        ("faults: [{do: [reset]}]", "faults.0.do: must be a word, or one of"),
        (
            "faults: [{when: {at: byte, value: .inf}, do: reset}]",
            "faults.0.when.value: must be a finite",
        ),
        ("pace: {first_byte: {constant_ms: -1}}", "pace.first_byte.constant_ms: must be greater"),
        ("pace: {first_byte: 80}", "pace.first_byte: must be {constant_ms}"),
        ("word_times: maybe", "word_times: must be True, False or 'late'"),
        ("pace: {speed: fast}", "pace.speed: must be a valid number"),
        ("limits: {concurrency: .inf}", "limits.concurrency: must be a finite number"),
    ],
)
def test_one_mistake_is_told_once(tmp_path, text, said):
    path = tmp_path / "script.yaml"
    path.write_text(text)
    with pytest.raises(ScriptError) as caught:
        Script.read(path)
    assert str(caught.value).startswith(f"{path}: {said}")
    assert ";" not in str(caught.value)


def test_a_file_that_is_no_text(tmp_path):
    path = tmp_path / "script.yaml"
    path.write_bytes(b"keys: [\xff]")
    with pytest.raises(ScriptError, match="not valid UTF-8 at byte 7"):
        Script.read(path)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(ScriptError, match="No such file"):
        Script.read(tmp_path / "none.yaml")


@pytest.mark.parametrize(
    "fault",
    [
        {"when": {"at": "word"}, "do": {"http": 500}},
        {"when": {"at": "dial", "key": "k"}, "do": "refuse"},
        {"when": {"at": "word"}, "do": "refuse"},
        {"when": {"at": "word"}, "do": "context_limit"},
        {"when": {"at": "dial"}, "do": "odd_bytes"},
        {"when": {"at": "dial"}, "do": {"close": 1011}},
        {"when": {"at": "dial", "voice": "v"}, "do": "reset"},
        {"when": {"at": "idle"}, "do": "silence"},
        {"when": {"at": "idle"}, "do": {"delay_ms": 1}},
    ],
)
def test_a_fault_that_cannot_be_is_refused(fault):
    with pytest.raises(ValidationError):
        Fault.model_validate(fault)


@pytest.mark.parametrize(
    ("fault", "name"),
    [
        ({"do": {"delay_ms": 5}}, "delay_ms"),
        ({"do": {"close": 1011, "reason": "x"}}, "close"),
        ({"when": {"at": "idle"}, "do": {"close": 1000}}, "close"),
        ({"when": {"at": "dial"}, "do": {"down_ms": 5}}, "down_ms"),
        ({"do": {"drip_bytes_per_s": 5}}, "drip_bytes_per_s"),
        ({"do": {"words": "wrong"}}, "words"),
        ({"do": {"do": "stall"}}, "stall"),
    ],
)
def test_a_fault_is_called_by_what_it_does(fault, name):
    assert Fault.model_validate(fault).name == name


def test_where_a_script_is_no_yaml_is_told_in_a_line(tmp_path):
    path = tmp_path / "script.yaml"
    path.write_text("pace: {speed: 2}\nfaults: [a\n")
    with pytest.raises(ScriptError) as caught:
        Script.read(path)
    assert str(caught.value) == f"{path}:3: not valid YAML: expected ',' or ']', but got '<stream end>'"


def test_an_option_of_a_script_that_there_is_not(tmp_path):
    path = tmp_path / "script.yaml"
    path.write_text("pce: {}")
    with pytest.raises(ScriptError) as caught:
        Script.read(path)
    assert str(caught.value) == f"{path}: pce: no such option"
