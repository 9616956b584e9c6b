"""From published pointers back to the films, by who may have them."""
