"""The stack as containers, under Docker with compose."""
