"""A PagerDuty account, made to hold the objects that are defined: `read`, `diff`, `apply`."""
