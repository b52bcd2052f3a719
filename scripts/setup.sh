#!/usr/bin/env bash
# Everything that running (and, with --tests, testing) platformctl takes on a Debian machine. Instant when done before.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(python3-venv prometheus prometheus-alertmanager prometheus-node-exporter redis-server
  prometheus-redis-exporter postgresql prometheus-postgres-exporter)
extras=(-e 'stack/platform_telemetry[fastapi]' -e stack/platform_ratelimit -e '.[demo]')
if [ "${1:-}" = --tests ]; then
  packages+=(chromium docker.io docker-compose iptables prometheus-blackbox-exporter wrk
    webkit2gtk-driver xvfb jq lsof wget)
  extras+=(-e 'stack/platform_ratelimit[all]' --group test --group lint --group ratelimit)
fi
scripts/install-packages.sh "${packages[@]}"

[ -x .venv/bin/python ] || { echo "creating .venv" >&2; python3 -m venv .venv; }
[ -x .venv/bin/uv ] || .venv/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt uv

stamp=.venv/.installed${1:-}
wanted=$(cat pyproject.toml stack/*/pyproject.toml constraints.txt | sha256sum)
if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
  echo "installing Python packages into .venv" >&2
  .venv/bin/uv pip install --quiet --python .venv/bin/python --constraints constraints.txt \
    "${extras[@]}"
  echo "$wanted" >"$stamp"
fi

# Loki and Promtail for the tests: Debian has neither, so they are built where Go is; kept in the user's cache.
if [ "${1:-}" = --tests ] && command -v go >/dev/null; then
  .venv/bin/python scripts/build_loki.py >&2
fi
