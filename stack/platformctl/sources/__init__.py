"""Inbound: definitions, tenants, live servers."""
