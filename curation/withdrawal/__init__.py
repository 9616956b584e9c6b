"""Films that somebody asked to take out: which they are, where they were, what is left of them."""
