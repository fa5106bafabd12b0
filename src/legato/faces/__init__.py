"""Clients' languages, one file a dialect: bytes to events, replies to bytes. Pure, stateful per connection."""
