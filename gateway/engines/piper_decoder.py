"""A prepared Piper voice, decoded piece by piece: phoneme ids -> frames -> samples.

The sentence is read once (text graph: durations, prosody and all noise are decided there). Its frames then go through
flow and vocoder in pieces, each with the frames around it that those convolutions can see, so that the pieces joined
are what decoding in one go would give. Measured on the voice joe, relative RMS error:

    frames seen by the flow     16: 4e-4   20: 8e-5   24: 1e-6   28: 2e-7
    frames seen by the vocoder   8: 7e-4    9: 8e-5   10: 2e-7

The first piece is short, because the listener waits for it; those after it grow, because context is computed twice.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime

from gateway.engines.prepared import GRAPHS, PreparedVoice, read_voice

FLOW_SIGHT = 26
VOCODER_SIGHT = 10
FIRST_FRAMES = 16
MOST_FRAMES = 96
FLOW_FRAMES = 128  # the flow costs a quarter of the vocoder and sees further: it runs ahead in longer strides

Floats = npt.NDArray[np.float32]
_THREADS = 1  # a piece is too small to share out; streams run beside each other instead


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence after the text graph.

    Args:
        latent: (1, channels, frames).
        mask: (1, 1, frames).
        widths: frames of each phoneme id.
    """

    latent: Floats
    mask: Floats
    widths: npt.NDArray[np.int64]

    @property
    def frames(self) -> int:
        """Its length."""
        return int(self.latent.shape[2])


def piece_sizes(frames: int) -> Iterator[int]:
    """How many frames to decode at a time: doubling from `FIRST_FRAMES` to `MOST_FRAMES`, summing to `frames`."""
    size = FIRST_FRAMES
    while frames > 0:
        yield min(size, frames)
        frames -= size
        size = min(2 * size, MOST_FRAMES)


class PiperDecoder:
    """The three graphs of one voice. Threads may share it.

    Args:
        directory: of the prepared voice.

    Raises:
        FileNotFoundError: the directory holds no prepared voice.
    """

    def __init__(self, directory: Path) -> None:
        self.voice: PreparedVoice = read_voice(directory)
        self._text, self._flow, self._vocoder = (_session(directory / f"{graph}.onnx") for graph in GRAPHS)

    @property
    def text_session(self) -> onnxruntime.InferenceSession:
        """The text graph's session."""
        return self._text

    def read(self, ids: list[int], scales: tuple[float, float, float]) -> Sentence:
        """Run the text graph.

        Args:
            ids: phoneme ids of one sentence.
            scales: noise, length and width noise, as Piper has them.
        """
        feed = {
            "input": np.array([ids], dtype=np.int64),
            "input_lengths": np.array([len(ids)], dtype=np.int64),
            "scales": np.array(scales, dtype=np.float32),
        }
        names = [self.voice.latent, self.voice.mask, self.voice.widths]
        latent, mask, widths = self._text.run(names, feed)
        return Sentence(latent, mask, widths.reshape(-1).astype(np.int64))

    def decode(self, sentence: Sentence) -> Iterator[Floats]:
        """The samples of a sentence, unscaled, in pieces."""
        flowed = _Flowed(self, sentence)
        start = 0
        for size in piece_sizes(sentence.frames):
            end = start + size
            left, right = max(0, start - VOCODER_SIGHT), min(sentence.frames, end + VOCODER_SIGHT)
            samples = self.vocode(flowed.between(left, right))
            hop = self.voice.samples_per_frame
            yield samples[(start - left) * hop : (end - left) * hop]
            start = end

    def flow(self, latent: Floats, mask: Floats) -> Floats:
        """Run the flow graph over these frames."""
        feed = {self.voice.latent: latent, self.voice.mask: mask}
        flowed: Floats = self._flow.run([self.voice.flowed], feed)[0]
        return flowed

    def vocode(self, flowed: Floats) -> Floats:
        """Run the vocoder over these frames; a flat array of samples."""
        samples: Floats = self._vocoder.run(None, {self.voice.flowed: flowed})[0]
        return samples.reshape(-1)


class _Flowed:
    """The flow's frames of a sentence, computed as far as they were asked for."""

    def __init__(self, decoder: PiperDecoder, sentence: Sentence) -> None:
        self._decoder = decoder
        self._sentence = sentence
        self._frames = np.empty_like(sentence.latent)
        self._done = 0

    def between(self, start: int, end: int) -> Floats:
        if end > self._done:
            # The first stride is as short as it can be: somebody waits for it.
            self._extend(
                end if self._done == 0 else min(self._sentence.frames, max(end, self._done + FLOW_FRAMES))
            )
        return self._frames[:, :, start:end]

    def _extend(self, end: int) -> None:
        start, sentence = self._done, self._sentence
        left, right = max(0, start - FLOW_SIGHT), min(sentence.frames, end + FLOW_SIGHT)
        seen = self._decoder.flow(sentence.latent[:, :, left:right], sentence.mask[:, :, left:right])
        self._frames[:, :, start:end] = seen[:, :, start - left : end - left]
        self._done = end


def _session(path: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = _THREADS
    options.inter_op_num_threads = _THREADS
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
