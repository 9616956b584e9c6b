"""Pure functions on uint8[H, W]."""
