"""Configuration, wiring, lifecycle, command line."""
