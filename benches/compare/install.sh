#!/usr/bin/env bash
# Installs what Ringflow is compared with, as pinned here, into `installed`, which git
# does not see. Needs python3 with venv, node and npm. What is there already is kept.
set -euo pipefail
cd "$(dirname "$0")"
mkdir -p installed

python() {
  local name=$1
  if ! cmp -s "$name/requirements.txt" "installed/$name/requirements.txt"; then
    rm -rf "installed/$name"
    python3 -m venv "installed/$name"
    "installed/$name/bin/pip" install --quiet --disable-pip-version-check -r "$name/requirements.txt"
    # Last, so that a broken installation is begun anew.
    cp "$name/requirements.txt" "installed/$name/"
  fi
}

python flask
python fastapi
if ! cmp -s fastify/package.json installed/fastify/installed.json; then
  rm -rf installed/fastify
  mkdir installed/fastify
  cp fastify/package.json installed/fastify/
  npm install --prefix installed/fastify --silent --no-audit --no-fund
  cp fastify/package.json installed/fastify/installed.json
fi
