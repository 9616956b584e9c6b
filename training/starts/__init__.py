"""Weights that another project trained, as the start of a network here."""
