"""The agreement between curation, which writes the manifest, and training, which reads it."""
