"""A release as a reader will meet it on the Hub, before anything is there."""
