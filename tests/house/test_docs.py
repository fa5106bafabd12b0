"""What the guides tell people to type exists: every `make` target, every `legato` command and option, every module and page."""

import importlib.util
import re
import shlex

import click
import pytest
from click.testing import CliRunner

from gateway.app.cli import legato
from tests.house.sources import ROOT

GUIDES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
TARGETS = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
_FENCE = re.compile(r"^```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`([^`\n]+)`")
_PLACEHOLDER = re.compile(r"[A-Z]{3,}|[….]+")


def code_of(path):
    """Lines of code on a page: of its blocks, and between backticks."""
    text = path.read_text(encoding="utf-8")
    fenced = [line for found in _FENCE.findall(text) for line in found.splitlines()]
    return fenced + _INLINE.findall(_FENCE.sub("", text))


def words_of(line):
    """The words of each command of a line of shell."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|;&<>")
    lexer.whitespace_split = True
    commands = [[]]
    try:
        for word in lexer:
            if set(word) <= set("|;&"):
                commands.append([])
            else:
                commands[-1].append(word)
    except ValueError:  # no shell: a quotation mark of another language
        return []
    return commands


def commands(program):
    """Every call of a program in the guides: the page, and the words after its name."""
    return sorted(
        {
            (path.name, tuple(words[1:]))
            for path in GUIDES
            for line in code_of(path)
            for words in words_of(line)
            if words and words[0].rpartition("/")[2] == program
        }
    )


@pytest.mark.parametrize(("page", "words"), commands("make"))
def test_a_make_target_exists(page, words):
    targets = [word for word in words if "=" not in word]
    assert set(targets) <= TARGETS, f"{page} says make {' '.join(words)}"


@pytest.mark.parametrize(("page", "words"), commands("legato"))
def test_a_legato_command_and_its_options_exist(page, words):
    said, command, path = f"{page} says legato {' '.join(words)}", legato, []
    rest = list(words)
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        if _PLACEHOLDER.fullmatch(rest[0]):
            break
        path.append(rest.pop(0))
        command = command.commands.get(path[-1])
        assert command is not None, said
    assert CliRunner().invoke(legato, [*path, "--help"], prog_name="legato").exit_code == 0, said
    known = {option for parameter in command.params for option in parameter.opts} | {
        "--help",
        "-h",
        "--version",
    }
    options = [word.partition("=")[0] for word in rest if re.match(r"--?[a-z]", word)]
    assert set(options) <= known, said
    given = [word for word in rest if not word.startswith("-")]
    for choice, word in zip(choices_of(command), given, strict=False):
        assert choice is None or word in choice, said


def choices_of(command):
    """What each argument of a command may be, in their order; `None` for anything."""
    arguments = [one for one in command.params if isinstance(one, click.Argument)]
    return [tuple(one.type.choices) if isinstance(one.type, click.Choice) else None for one in arguments]


def test_a_module_that_is_run_exists():
    modules = {
        words[at + 1]
        for name in ("python", "python3")
        for _, words in commands(name)
        for at, word in enumerate(words)
        if word == "-m"
    }
    assert [name for name in sorted(modules) if importlib.util.find_spec(name) is None] == []


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.name)
def test_a_file_that_is_linked_exists(path):
    prose = _INLINE.sub("", _FENCE.sub("", path.read_text(encoding="utf-8")))
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", prose)
    own = [link for link in links if "://" not in link and not link.startswith("mailto:")]
    assert [link for link in own if not (path.parent / link).exists()] == []


def anchors_of(path):
    """What a link may name behind the `#`: the headings of a page, as GitHub writes them."""
    prose = _FENCE.sub("", path.read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ (.*)$", re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", prose), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.name)
def test_a_heading_that_is_linked_exists(path):
    prose = _INLINE.sub("", _FENCE.sub("", path.read_text(encoding="utf-8")))
    links = re.findall(r"\]\(([^):#\s]*)#([^)\s]+)\)", prose)
    lacking = [
        (page, anchor)
        for page, anchor in links
        if anchor not in anchors_of(path.parent / page if page else path)
    ]
    assert lacking == []


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.name)
def test_a_file_that_is_named_exists(path):
    named = [
        code for code in code_of(path) if re.fullmatch(r"(src|gateway|tests|deploy|proto)/[\w./-]+\w", code)
    ]
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_the_guides_are_read():
    assert {"setup", "run", "test", "bench"} <= TARGETS
    assert len(commands("make")) > 3
    assert len(commands("legato")) > 10
