#!/usr/bin/env bash
# Whether the testbed runs: ends with 0 when its API server answers, else with 1. Says nothing.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/settings.sh"
[ -f "$kubeconfig" ] && kube get --raw /readyz >/dev/null 2>&1
