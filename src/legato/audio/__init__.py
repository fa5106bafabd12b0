"""Bytes in, samples and bytes out: resample, encode, join, fade. Pure."""
