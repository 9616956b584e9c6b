"""From a manifest to a folder that may be published."""
