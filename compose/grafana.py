"""Grafana, provisioned from the release: nothing is set by hand, and everything comes back after a restart."""

from __future__ import annotations

from typing import Final

from platformctl.model.component import Component, Container, HttpHealth, Image, Native, Port, Scrape

_ENVIRONMENT: Final = {
    "GF_PATHS_PROVISIONING": "{config}/provisioning",
    "GF_PATHS_DATA": "{data}",
    "GF_SERVER_HTTP_PORT": "{port:http}",
    "GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH": "{config}/dashboards/operations/platform-overview.json",
    "GF_SECURITY_ADMIN_PASSWORD__FILE": "{secret:grafana-admin-password}",
    "GF_SECURITY_DISABLE_GRAVATAR": "true",
    "GF_SECURITY_COOKIE_SAMESITE": "strict",
    "GF_USERS_ALLOW_SIGN_UP": "false",
    "GF_ANALYTICS_REPORTING_ENABLED": "false",
    "GF_ANALYTICS_CHECK_FOR_UPDATES": "false",
    "GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES": "false",
    "GF_PLUGINS_PREINSTALL_DISABLED": "true",
    "GF_LOG_MODE": "console",
}

GRAFANA: Final = Component(
    name="grafana",
    title="Grafana",
    ports=(Port(name="http", number=3000),),
    health=HttpHealth(port="http", path="/api/health"),
    scrape=Scrape(port="http"),
    config=("grafana",),
    secrets=("grafana-admin-password",),
    container=Container(
        image=Image(repository="grafana/grafana", tag="12.3.0"),
        environment=_ENVIRONMENT,
        config_path="/etc/platformctl",
        data_path="/var/lib/grafana",
        user="472",
        memory_mb=512,
        tmpfs=("/tmp", "/var/log/grafana"),  # noqa: S108 - a path in the container
    ),
    native=Native(
        binaries=("grafana",),
        args=("server", "--homepath=/usr/share/grafana"),
        environment=_ENVIRONMENT | {"GF_SERVER_HTTP_ADDR": "127.0.0.1"},
    ),
)

COMPONENTS: Final = (GRAFANA,)
