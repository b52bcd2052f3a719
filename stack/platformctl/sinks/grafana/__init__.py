"""A Grafana that runs already, made to hold the dashboards that are defined: `read`, `diff`, `apply`."""
