#!/usr/bin/env bash
# Installs the chart into the testbed with its bundled Redis and PostgreSQL, or upgrades what is there.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
source "$here/settings.sh"

say 'installing the chart'
inside env KUBECONFIG="$kubeconfig" "$bin/helm" upgrade --install events "$root/charts/event-platform" \
  --namespace events --create-namespace --values "$here/values.yaml" --wait --timeout 180s >/dev/null
cat <<END

The platform runs in the namespace "events". From a shell inside the cluster's network:

  nsenter --net=/var/run/netns/$namespace env KUBECONFIG=$kubeconfig PATH="$bin:\$PATH" bash

  helm test events -n events                 one event goes all the way
  kube kubectl -n events get pods,hpa        (or your own kubectl)
  curl http://$node_address:30080/healthz/live

\`make cluster-down\` removes all of it.
END
