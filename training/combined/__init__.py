"""Answers made of several networks, or of more than pixels."""
