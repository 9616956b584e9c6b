"""The way to the Hugging Face Hub and back: what is there, what is sent, what is fetched."""
