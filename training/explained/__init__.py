"""Where a network looked, in several ways, and how far that can be believed."""
