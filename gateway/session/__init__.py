"""The one loop: feeds events to the core and performs its effects."""
