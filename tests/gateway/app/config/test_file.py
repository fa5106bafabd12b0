import pytest
import yaml

from gateway.app.config import file
from gateway.app.config.errors import ConfigError
from gateway.app.config.file import ConfigFile, read_file


@pytest.fixture
def read(tmp_path):
    def read(content):
        path = tmp_path / "c.yaml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_file(path)

    return read


def test_every_option_knows_its_line(read):
    file = read("a:\n  b: 1\n  c:\n    - x\n    - y: 2\n")
    assert file.data == {"a": {"b": 1, "c": ["x", {"y": 2}]}}
    assert file.lines == {
        ("a",): 1,
        ("a", "b"): 2,
        ("a", "c"): 3,
        ("a", "c", 0): 4,
        ("a", "c", 1): 5,
        ("a", "c", 1, "y"): 5,
    }


def test_what_is_missing_is_placed_at_what_is_around_it(read):
    file = read("a:\n  b: 1\n")
    assert file.place(("a", "nothing")).endswith("c.yaml:1")
    assert file.place(("nothing",)).endswith("c.yaml")
    assert ConfigFile().place(("a",)) == ""


def test_an_empty_file_holds_no_options(read):
    assert read("# only a comment\n").data == {}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a: [1\nb: 2", "c.yaml:2: is not valid YAML"),
        ("- a\n- b", "c.yaml:1: expected a mapping (name: value)"),
        ("a: 1\nb: 2\na: 3", "c.yaml:3: a: is given twice, first on line 1"),
        ("v:\n  x: 1\n  x: 2", "c.yaml:3: v.x: is given twice, first on line 2"),
        (b"a: \xff", "is not valid UTF-8 at byte 3"),
        ("a: !!python/object:os.system {}", "is not valid YAML"),
        ("a: \x00", "is not valid YAML"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(read, content, said):
    with pytest.raises(ConfigError) as caught:
        read(content)
    assert said in str(caught.value)


def test_anchors_and_merges_are_followed(read):
    file = read("base: &b {x: 1}\none: {<<: *b, y: 2}\ntwo: {<<: [*b, *b], y: 3}\n")
    assert file.data["one"] == {"x": 1, "y": 2}
    assert file.data["two"] == {"x": 1, "y": 3}


def test_an_anchor_inside_itself_ends(read):
    assert read("a: &x\n  b: *x\n").lines[("a", "b")] == 2


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a: 1\nb: 2024-13-45", "c.yaml:2: is not valid YAML: this looks like a YAML 'timestamp'"),
        ("a: 1\nb: 0x_", "c.yaml:2: is not valid YAML: this looks like a YAML 'int'"),
        ("a: 1\nb: !!float x", "c.yaml:2: is not valid YAML: this looks like a YAML 'float'"),
        ("a: 1\nb: !!bool x", "c.yaml:2: is not valid YAML: this looks like a YAML 'bool'"),
        (f"a: {'9' * 5000}", "c.yaml:1: is not valid YAML: this looks like a YAML 'int'"),
        ("a: 1\nb: x\x01y", "c.yaml:2: is not valid YAML: the character #x01 is not allowed"),
        ("a: 1\n1: 2", "c.yaml:2: 1: YAML does not read this name as text: put it in quotes"),
        ("on: 2", "c.yaml:1: on: YAML does not read this name as text: put it in quotes"),
        ("a:\n  null: 2", "c.yaml:2: a.null: YAML does not read this name as text: put it in quotes"),
        (f"a: {'[' * 3000}", "c.yaml: is nested too deeply"),
        (f"a:\n {'{a: ' * 60}{'}' * 60}", "c.yaml:2: is nested too deeply"),
    ],
)
def test_what_yaml_itself_cannot_make_anything_of_has_its_place(read, content, said):
    """One named line, never the library's own exception."""
    with pytest.raises(ConfigError) as caught:
        read(content)
    assert said in str(caught.value)
    assert len(caught.value.problems) == 1


def test_what_a_merge_fills_in_may_be_said_otherwise(read):
    assert read("base: &b {x: 1}\none: {<<: *b, x: 2}\n").data["one"] == {"x": 2}


def test_libyaml_alone_parses_a_file_that_is_right_and_finds_what_pyyaml_finds(read, monkeypatch):
    """Thousands of voices take PyYAML seconds."""
    text = (
        "base: &b {x: 1, 'y': [a, \"b\\n\", 2.5, null, ~]}\n"
        "one: {<<: *b, z: 0o17}\n"
        "two:\n- |\n  several\n  lines\n- >-\n  folded\n  text\n- on\n- 2024-01-31\n"
        "three: # a remark\n  'quoted: name': ä€😀\n  ? long\n  : 0x1F\n"
    )
    with monkeypatch.context() as patched:
        patched.setattr(file, "_QuickLoader", _refused)
        slow = read(text)

    monkeypatch.setattr(file, "_Loader", _refused)
    assert read(text) == slow
    assert slow.lines["two", 1] == 7


def test_a_pyyaml_that_was_built_without_libyaml_reads_it_alone(read, monkeypatch):
    monkeypatch.setattr(yaml, "__with_libyaml__", False)
    monkeypatch.delattr(file, "_QuickLoader")
    assert read("a: 1").data == {"a": 1}


def _refused(_):
    raise yaml.YAMLError


@pytest.mark.parametrize("content", ["a: " + "[" * 100_000 + "]" * 100_000, "- " * 100_000 + "a"])
def test_no_nesting_is_too_deep_for_the_process(read, content):
    with pytest.raises(ConfigError, match="nested too deeply"):
        read(content)
