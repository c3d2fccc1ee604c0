#!/usr/bin/env bash
# Installs KEDA and metrics-server from the manifests of their own modules, and volumes for StatefulSets.
# Waits until all of them answer. Run again: changes nothing.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/settings.sh"
source "$here/module-manifests.sh"

kubectl() { "$bin/kube" kubectl "$@"; }

# The images are in containerd under the tag "testbed"; nothing can be pulled.
with_built_images() { sed -E 's#(image: [^ ]+):[a-z]+$#\1:testbed#; s#imagePullPolicy: Always#imagePullPolicy: IfNotPresent#'; }

say 'installing KEDA and metrics-server'
manifests_of "github.com/kedacore/keda/v2@$keda_version" config/default | with_built_images |
  kube apply --server-side --force-conflicts -f - >/dev/null
# The kubelet's certificate is signed by the testbed's own authority, which metrics-server does not know.
manifests_of "sigs.k8s.io/metrics-server@$metrics_server_version" manifests/base | with_built_images |
  sed -E 's#( *)(- --metric-resolution=.*)#\1\2\n\1- --kubelet-insecure-tls#' | kube apply -f - >/dev/null

"$here/make-volumes.sh"
kube -n keda wait --for=condition=Available deployment --all --timeout=180s >/dev/null ||
  refuse "KEDA did not come up: kubectl -n keda get pods"
kube -n kube-system wait --for=condition=Available deployment/metrics-server --timeout=180s >/dev/null ||
  refuse "metrics-server did not come up: kubectl -n kube-system get pods"
kube wait --for=condition=Available apiservice/v1beta1.external.metrics.k8s.io --timeout=60s >/dev/null
say 'KEDA and metrics-server are available'
