"""The running process: everything that touches the world."""
