"""How per-image work is done and remembered: once, on all cores, or on a cluster."""
