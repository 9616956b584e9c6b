"""Which films are one film: candidates, verification on pixels, groups."""
