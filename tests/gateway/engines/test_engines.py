import os
import subprocess
import sys

import pytest


@pytest.mark.voice
def test_onnx_runtime_reports_nothing_and_leaves_nothing_behind(tmp_path):
    # Its telemetry begins by writing an identifier into the home directory.
    environment = {
        name: value for name, value in os.environ.items() if name not in {"ORT_DISABLE_TELEMETRY", "CI"}
    }
    subprocess.run(
        [sys.executable, "-c", "import gateway.engines, onnxruntime; onnxruntime.SessionOptions()"],
        env={**environment, "HOME": str(tmp_path), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        check=True,
    )
    assert list(tmp_path.iterdir()) == []
