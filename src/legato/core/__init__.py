"""Everything that is decided: streams and utterances, timeline, routes, pools, lead and chunk size. Pure; time is an argument."""
