"""What burned-in words say, and whether they are a patient's."""
