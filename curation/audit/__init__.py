"""Leaks in anyone's list of films: path, label, source, patient, split."""
