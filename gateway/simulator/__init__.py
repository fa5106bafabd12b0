"""The vendor simulator: the dialects' server side, a synthetic voice and a fault injector. It names no vendor."""
