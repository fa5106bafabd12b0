"""Legato decides here: pure code, no loop, no socket, no clock, no log, no environment."""
