"""The drawn world filed as each upstream files its own: one module for each source."""
