"""The loop of each stream: feeds events to the core and performs its effects."""
