#!/usr/bin/env bash
# A cluster of kind.yaml with KEDA and the project's images, for `make e2e` where kind and Docker are.
#   kind.sh up        what is missing: cluster, KEDA from its Go module's manifests, images as the sources are now
#   kind.sh is-up     ends with 0 when the cluster is there, else with 1
#   kind.sh down      removes it
# Needs kind, Docker, kubectl and Go, and reaches the registries of Docker, KEDA and npm.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/.." && pwd)
source "$here/testbed/settings.sh"
source "$here/testbed/module-manifests.sh"
name=event-platform
kubeconfig=$cache/kind.conf
kubectl() { command kubectl --kubeconfig "$kubeconfig" "$@"; }
say() { echo "kind: $*"; }

up() {
  mkdir -p "$cache"
  is_up || kind create cluster --name "$name" --config "$here/kind.yaml" --kubeconfig "$kubeconfig" --wait 120s
  kind export kubeconfig --name "$name" --kubeconfig "$kubeconfig" 2>/dev/null
  say 'installing KEDA'
  # The manifests of a module name the image of the main branch.
  manifests_of "github.com/kedacore/keda/v2@$keda_version" config/default |
    sed -E "s#(image: ghcr.io/kedacore/[^ ]+):[a-z]+\$#\1:${keda_version#v}#" |
    kubectl apply --server-side --force-conflicts -f - >/dev/null
  for service in api worker; do
    say "building event-platform-$service:e2e"
    docker build --quiet --file "$root/services/$service/Dockerfile" --tag "event-platform-$service:e2e" "$root" >/dev/null
    kind load docker-image "event-platform-$service:e2e" --name "$name"
  done
  kubectl -n keda wait --for=condition=Available deployment --all --timeout=300s >/dev/null
}

is_up() { kind get clusters 2>/dev/null | grep -qx "$name"; }

case ${1:-} in
  up) up ;;
  is-up) is_up ;;
  down) kind delete cluster --name "$name" --kubeconfig "$kubeconfig" ;;
  *) refuse "say up, is-up or down" ;;
esac
