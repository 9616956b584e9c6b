"""Sides of the line: hashes, the ledger of what was placed, and the lists that overrule both."""
