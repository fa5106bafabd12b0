from legato.text.maths.cursor import Cursor


class Probe(Cursor):
    def __init__(self, source: str, *, patterns: bool = False) -> None:
        super().__init__(source, {"-": "−", "R": "ℝ"}, patterns=patterns)

    def texts(self, count: int) -> list[str]:
        return [self._raw(span) for span in self._raw_arguments(count)]

    def skip(self) -> str:
        self._skip_options()
        token = self._peek()
        return token.text if token else ""

    def wild(self) -> str:
        self._at = 1
        node = self._wild(self._tokens[0])
        return f"{node.name}:{node.role}"

    def leaf(self) -> str:
        node = self._leaf(self._tokens[0])
        return f"{node.kind}:{node.name}"

    def close(self) -> int:
        self._at = 1
        return self._close(self._tokens[0])


def test_raw_arguments_are_braces_or_the_next_token():
    assert Probe("{a{b}c}d").texts(2) == ["a{b}c", "d"]


def test_a_group_that_is_never_closed_ends_with_the_text():
    assert Probe("{a{b}").texts(1) == ["a{b}"]
    assert Probe("").texts(1) == []


def test_options_are_passed_over():
    assert Probe("[a[b]]c").skip() == "c"
    assert Probe("c").skip() == "c"
    assert Probe("[a").skip() == ""


def test_wildcards_of_patterns():
    assert Probe("#a", patterns=True).wild() == "a:"
    assert Probe("##a", patterns=True).wild() == "a:many"


def test_characters_become_their_canonical_sign():
    assert Probe("-").leaf() == "sym:−"
    assert Probe("R").leaf() == "id:ℝ"
    assert Probe("x").leaf() == "id:x"


def test_a_closer_that_is_not_there_is_the_end():
    assert Probe("{x").close() == 2
    assert Probe("{").close() == 1
    assert Probe("{}").close() == 2
    assert Probe("a}").leaf() == "id:a"
    assert Probe("a")._next_is("a")
