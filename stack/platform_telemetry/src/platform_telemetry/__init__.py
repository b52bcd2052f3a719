"""Metrics, logs and traces of a multi-tenant platform, from one catalogue."""
