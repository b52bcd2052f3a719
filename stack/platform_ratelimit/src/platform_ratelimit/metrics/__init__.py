"""What the limiter tells Prometheus: the catalogue (pure data) and the collector."""
