"""CLAIM and PROBAST, answered from what stages left, and open where they left nothing."""
