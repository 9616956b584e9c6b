"""Two versions of the manifest, and what lies between them."""
