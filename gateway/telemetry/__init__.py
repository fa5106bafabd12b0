"""One fact becomes a metric, a span and a log line. Never decides."""

import os

from gateway.telemetry.otlp_variables import without_wrong_limits

with without_wrong_limits(os.environ):  # or any command would end in the SDK's own words
    import opentelemetry.sdk.trace  # noqa: F401 - to have it read its variables now
