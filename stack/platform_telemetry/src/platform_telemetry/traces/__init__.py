"""A small collector of spans for machines without Tempo: takes OTLP/HTTP, keeps a bounded spool, answers queries.

It answers the part of Tempo's HTTP API that ``platformctl trace`` asks: a trace by its id, and traces by attribute.
"""
