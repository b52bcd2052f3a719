"""Benchmarks, peer comparisons and executive summaries as pages."""
