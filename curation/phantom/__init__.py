"""A drawn world of patients and films, laid out as each upstream lays out its own."""
