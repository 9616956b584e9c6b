"""Trained networks of a release: in timm's layout, with a card, and looked at before they leave."""
