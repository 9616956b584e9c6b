"""From the world to a manifest. Never imports torch, never imports training."""
