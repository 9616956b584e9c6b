"""Pairs of films that a person should look at, and the way of the answers into `pairs.csv`."""
