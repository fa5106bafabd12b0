"""Vendors' languages, each in its own files: segments to frames, frames to vendor events. Pure."""
