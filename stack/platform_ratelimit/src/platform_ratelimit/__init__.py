"""The multi-tenant rate limiter for FastAPI and its gateway."""
