"""What a film is called when those who hold it do not agree."""
