"""The networks of the paper, and any network of timm."""
