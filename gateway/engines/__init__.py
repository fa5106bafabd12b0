"""Local voices: one engine process per host, shared by the gateway's workers over a Unix socket."""

import os

# Official builds of ONNX Runtime report every model they load to their maker, from 1.29 on Linux too, and leave an
# identifier in the home directory. It looks for this once, when it is imported: so here, before any of our modules can.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
