"""Lay a tree of files into somebody else's project: look, plan, apply, and take it out again."""
