"""The vendor simulator: the faces' server side, a synthetic voice, a fault injector. It names no vendor."""
