"""A small Hub on loopback: repositories, LFS, pull requests and tags over real HTTP."""
