"""Where prepared voices lie, and what is written beside their graphs.

DIR/joe-1.0.0-1/          voice, version of its package, version of this layout
  voice.json              `PreparedVoice`
  config.json             Piper's own
  text.onnx  flow.onnx  vocoder.onnx
"""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

LAYOUT = 1
GRAPHS = ("text", "flow", "vocoder")
MANIFEST = "voice.json"
CONFIG = "config.json"


@dataclass(frozen=True, slots=True)
class PreparedVoice:
    """What the decoder must know of a voice that was cut into graphs.

    Args:
        name: what the voice is called.
        language: its BCP 47 tag.
        sample_rate_hz: of the vocoder's samples.
        samples_per_frame: samples the vocoder makes of one frame.
        gain: factor from the model's samples to speaking level.
        latent: tensor between text and flow, (1, channels, frames).
        mask: tensor beside it, (1, 1, frames).
        widths: tensor with the frames of each phoneme id, (1, 1, ids).
        flowed: tensor between flow and vocoder, (1, channels, frames).
    """

    name: str
    language: str
    sample_rate_hz: int
    samples_per_frame: int
    gain: float
    latent: str
    mask: str
    widths: str
    flowed: str


def default_directory() -> Path:
    """`share/legato/voices` of this Python environment."""
    return Path(sys.prefix) / "share" / "legato" / "voices"


def voice_directory(directory: Path, name: str, package_version: str) -> Path:
    """The directory of one prepared voice; it need not exist."""
    return directory / f"{name}-{package_version}-{LAYOUT}"


def prepared_voices(directory: Path) -> tuple[Path, ...]:
    """The directories of all voices prepared under `directory` in this layout, by name."""
    return tuple(sorted(path.parent for path in directory.glob(f"*-{LAYOUT}/{MANIFEST}")))


def read_voice(path: Path) -> PreparedVoice:
    """Read the manifest in a voice's directory.

    Raises:
        FileNotFoundError: the directory holds no prepared voice.
    """
    return PreparedVoice(**json.loads((path / MANIFEST).read_text(encoding="utf-8")))
