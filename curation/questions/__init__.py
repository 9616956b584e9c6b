"""The questions that every source is asked, by the tests and by `cxr source check`."""
