"""What `cxr source new` lays down: a source that works at once, to be filled in."""
