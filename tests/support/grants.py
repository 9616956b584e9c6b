"""A permission record, as the keepers of a site would give one."""

GRANT = """
source: {key}
granted_by: The keepers of the site
granted_to: A research group
date: 2026-01-02
scope: Copying for research
reference: letter of 2 January 2026
"""
