"""Probes that should fail: shown what tells nothing of a disease, and asked for the label."""
