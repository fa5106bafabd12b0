"""Bytes in, bytes out: resample, join, fade, encode. Pure; numpy does the arithmetic, and every sample is accounted for."""
