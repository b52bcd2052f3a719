"""The API, one module an area."""
