"""One fact becomes a metric, a span and a log line. Never decides."""
