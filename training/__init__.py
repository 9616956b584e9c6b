"""From a manifest to a judged model. Never imports requests, never imports curation."""
