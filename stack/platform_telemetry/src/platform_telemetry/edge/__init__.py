"""Counts what the gateway answers, per tenant, from its structured access log. Standard library only.

Run it beside the gateway: ``python -m platform_telemetry.edge``; `settings` lists its variables.
"""
