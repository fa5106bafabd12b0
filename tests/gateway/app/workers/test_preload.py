import gc
import subprocess
import sys

import pytest


@pytest.mark.measured
def test_importing_it_reads_every_language_and_encoder_and_sets_it_aside():
    program = (
        "import gc, sys, gateway.app.workers.preload\n"
        "from gateway.app.text_data import _read, languages\n"
        "print(_read.cache_info().currsize >= len(languages()), gc.get_freeze_count() > 10_000, 'av' in sys.modules)\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert told.stdout.split() == ["True", "True", "True"]
    assert gc.isenabled()
