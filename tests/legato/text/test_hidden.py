"""Hidden stretches are let go as they come."""

import re

from legato.text.atoms import SpanKind
from legato.text.draft import Draft
from legato.text.hidden import Hidden

CLOSER = re.compile("</x>")


def test_a_long_stretch_is_let_go_in_pieces() -> None:
    draft = Draft()
    draft.buffer = "y" * 1100
    hidden = Hidden(draft, CLOSER, SpanKind.FENCE, 0)
    assert hidden.step(final=False) is None
    assert hidden.step(final=False) is False
    (atom,) = draft.taken()
    assert (len(atom.text), atom.spans[0].kind) == (1000, SpanKind.FENCE)
    draft.buffer += "</x>z"
    assert hidden.step(final=False) is True
    assert draft.spans[0].kind is SpanKind.MARKER
    assert draft.buffer[draft.gap :] == "z"


def test_the_end_of_the_text_ends_it_silently() -> None:
    draft = Draft()
    draft.buffer = "a secret"
    hidden = Hidden(draft, CLOSER, SpanKind.HIDDEN, 2)
    assert hidden.step(final=True) is False
    assert draft.taken()[0].text == "a secret"
    assert not hidden.opens_line
