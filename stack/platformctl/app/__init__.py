"""The use cases the commands call."""
