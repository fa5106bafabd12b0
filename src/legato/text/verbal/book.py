"""The rule book: which rules may begin at which kind of token, in order of evidence.

A rule is tried where the scanner meets its trigger: a digit, a sign, a given word, or a word joined to something that is
not a letter ("a.m", "x_1", "me@home"). The first rule that has something to say wins, so the order of entry is the order of
evidence. A rule sees the whole text and may look left, but then `cuts` must know the words it looks for.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

Say = Callable[[re.Match[str]], str | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to read one kind of token.

    Args:
        id: language and class, such as "en.money".
        pattern: matched at the trigger; its match is what is replaced. Repeats are bounded, or cannot overlap.
        say: gives the spoken form of a match; None when the rule does not apply after all.
    """

    id: str
    pattern: re.Pattern[str]
    say: Say


@dataclass(slots=True)
class RuleBook:
    """The rules of a language by trigger, each list in order of evidence.

    Args:
        language: base tag, the first part of every rule id.
    """

    language: str
    digits: list[Rule] = field(default_factory=list)
    joined: list[Rule] = field(default_factory=list)
    symbols: dict[str, list[Rule]] = field(default_factory=dict)
    words: dict[str, list[Rule]] = field(default_factory=dict)

    def on_digit(self, name: str, pattern: str, say: Say) -> None:
        """Add a rule that begins with a digit."""
        self.digits.append(self._rule(name, pattern, say))

    def on_joined(self, name: str, pattern: str, say: Say) -> None:
        """Add a rule that begins with a word joined to a digit or a sign."""
        self.joined.append(self._rule(name, pattern, say))

    def on_symbol(self, characters: Iterable[str], name: str, pattern: str, say: Say) -> None:
        """Add a rule that begins with one of these characters."""
        rule = self._rule(name, pattern, say)
        for character in dict.fromkeys(characters):
            self.symbols.setdefault(character, []).append(rule)

    def on_word(self, words: Iterable[str], name: str, pattern: str, say: Say) -> None:
        """Add a rule that begins with one of these words, in any case."""
        rule = self._rule(name, pattern, say)
        for word in dict.fromkeys(word.lower() for word in words):
            self.words.setdefault(word, []).append(rule)

    def _rule(self, name: str, pattern: str, say: Say) -> Rule:
        return Rule(f"{self.language}.{name}", re.compile(pattern), say)
