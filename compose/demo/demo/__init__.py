"""The demo platform: a small multi-tenant SaaS on PostgreSQL and Redis, to be watched and to be broken."""

VERSION = "0.1.0"
