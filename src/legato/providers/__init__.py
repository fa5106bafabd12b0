"""Vendors' languages, one file each: segments to frames, frames to vendor events. Pure."""
