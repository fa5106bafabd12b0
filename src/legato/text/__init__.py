"""Growing text becomes speakable segments, each word with the source characters it came from. Pure; its data is passed in."""
