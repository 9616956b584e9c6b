"""Self-contained HTML for people who would rather look than read."""
