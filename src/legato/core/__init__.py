"""Decisions: streams and utterances, ledger and timeline, routes, lead and chunk size. Pure; time is an argument."""
