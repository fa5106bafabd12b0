import pytest

from legato.domain.errors import Reason, SpeechError
from legato.faces.elevenlabs_dialogue_inputs import DialogueInput, inputs_of, voices_of

VENDORS_OWN = "A" * 20


def test_a_context_names_its_voices():
    assert voices_of(["joe", VENDORS_OWN], {"joe", "ann"}) == {"joe": "joe", VENDORS_OWN: ""}


@pytest.mark.parametrize("asked", [None, [], "joe", [1], {"joe": 1}])
def test_without_voices_there_is_no_context(asked):
    with pytest.raises(SpeechError, match="must have its voices, a list of voice ids") as raised:
        voices_of(asked, {"joe"})
    assert raised.value.reason is Reason.BAD_FRAME


def test_lines_are_for_one_of_its_voices():
    said = [{"text": "One."}, {"text": "Two.", "voice_id": "ann", "new_turn": "true"}]
    assert inputs_of(said, {"joe": "", "ann": ""}) == [
        DialogueInput("One.", "joe"),
        DialogueInput("Two.", "ann", new_turn=True),
    ]
    assert inputs_of(None, {"joe": ""}) == ()


@pytest.mark.parametrize(
    ("inputs", "told"),
    [
        ("One.", "inputs must be a list of objects"),
        (["One."], "inputs must be a list of objects"),
        ([{"voice_id": "joe"}], "text must be a string"),
        ([{"text": "One.", "voice_id": "ann"}], 'one of the context\'s voices, joe; got "ann"'),
        ([{"text": "One.", "voice_id": 5}], "one of the context's voices, joe; got 5"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(inputs, told):
    with pytest.raises(SpeechError, match=told):
        inputs_of(inputs, {"joe": ""})
