"""Outbound: files, processes, containers."""
