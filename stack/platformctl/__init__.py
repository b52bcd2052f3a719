"""The engine of platformctl."""
