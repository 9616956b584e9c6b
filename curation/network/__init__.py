"""The only room with a window: everything that goes online is here."""
