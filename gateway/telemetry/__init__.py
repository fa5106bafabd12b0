"""Turns facts into metrics, spans and log lines. Decides nothing."""

import os

from gateway.telemetry.otlp_variables import without_wrong_limits

with without_wrong_limits(os.environ):  # or any command could end in an error of the SDK
    import opentelemetry.sdk.trace  # noqa: F401 - makes the SDK read its variables now
