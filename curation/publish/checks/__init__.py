"""The last look before a release may leave: it reads what was staged, not what was meant."""
