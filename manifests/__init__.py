"""What a record is, and the records."""
