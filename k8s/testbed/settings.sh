# Names, places and versions of the testbed. Read by every script here, never run alone.

# Binaries and images outlive the clone; the cluster's state does not outlive the cluster.
cache=${TESTBED_CACHE:-$HOME/.cache/k8s-testbed}
bin=$cache/bin
state=${TESTBED_STATE:-/var/lib/event-platform-testbed}
kubeconfig=$state/admin.conf

# One network namespace holds the node: it has no route out, so nothing in the cluster can leave the machine.
namespace=ep-testbed
node_name=testbed
node_address=172.31.255.1
service_network=10.96.0.0/16
pod_network=10.244.0.0/24

# How often autoscalers look; 15 s is what managed clusters have, 1 to 5 s is for clusters of one's own.
hpa_sync_period=${HPA_SYNC_PERIOD:-5s}

helm_version=v3.22.0
# The chart is for both.
helm4_version=v4.3.1
kubeconform_version=v0.8.0
kube_score_version=v1.20.0
k6_version=v1.8.1
metrics_server_version=v0.9.0
keda_version=v2.20.2
# The minor version of Kubernetes in programs/kube; helm built from its module would claim 1.20.
kubernetes_minor=34

# inside COMMAND…: runs a command where the cluster's addresses are. Not `ip netns exec`: that mounts
# /sys anew, and the kubelet would no longer see the control groups.
inside() { nsenter --net="/var/run/netns/$namespace" "$@"; }

# kubectl as the administrator of the testbed.
kube() { inside "$bin/kube" kubectl --kubeconfig="$kubeconfig" "$@"; }

# say WORDS…: one line of progress.
say() { echo "testbed: $*"; }

# refuse WORDS…: an error with the way out, and the end.
refuse() {
  echo "testbed: $*" >&2
  exit 1
}

# until_true SECONDS COMMAND…: tries a command twice a second until it succeeds.
until_true() {
  local tries=$(($1 * 2))
  shift
  until "$@" >/dev/null 2>&1; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || return 1
    sleep 0.5
  done
}
