#!/usr/bin/env bash
# Starts a one-node Kubernetes in a network namespace of its own, and returns when the node is Ready.
# Running already: says so and changes nothing.
#   HPA_SYNC_PERIOD=5s   how often autoscalers look; 15 s is what managed clusters have
# Order: network → certificates → etcd, API server → containerd → controllers, scheduler, kubelet, proxy → DNS → policies.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/settings.sh"
source "$here/certificates.sh"

if "$here/is-up.sh"; then
  say 'the cluster runs already'
  exit 0
fi
[ ! -d "$state/run" ] || "$here/stop-cluster.sh"
mkdir -p "$state"/{pki,log,cni,run,volumes}

make_network() {
  ip netns list | grep -qw "$namespace" || ip netns add "$namespace"
  inside ip link set lo up
  # The node's address is on a bridge, since not every kernel has the dummy device.
  inside ip link add node0 type bridge
  inside ip addr add "$node_address/24" dev node0
  inside ip link set node0 up
  # Service addresses need some route before kube-proxy can rewrite them.
  inside ip route replace "$service_network" dev node0
  inside sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.route_localnet=1
  # Pods of one bridge reach each other's Services only if the bridge passes their packets to iptables. Built in or missing.
  inside sysctl -qw net.bridge.bridge-nf-call-iptables=1 2>/dev/null || true
}

# start NAME COMMAND…: in the background, its output to a log, its process id on record.
start() {
  local name=$1
  shift
  setsid nohup nsenter --net="/var/run/netns/$namespace" "$@" >"$state/log/$name.log" 2>&1 </dev/null &
  echo $! >"$state/run/$name.pid"
}

start_control_plane() {
  start etcd "$bin/kube" etcd --data-dir "$state/etcd" --unsafe-no-fsync \
    --listen-client-urls http://127.0.0.1:2379 --advertise-client-urls http://127.0.0.1:2379 \
    --listen-peer-urls http://127.0.0.1:2380
  start apiserver "$bin/kube" apiserver --etcd-servers=http://127.0.0.1:2379 \
    --secure-port=6443 --advertise-address="$node_address" --service-cluster-ip-range="$service_network" \
    --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction --allow-privileged=true \
    --tls-cert-file="$pki/apiserver.crt" --tls-private-key-file="$pki/apiserver.key" --client-ca-file="$pki/ca.crt" \
    --service-account-key-file="$pki/accounts.pub" --service-account-signing-key-file="$pki/accounts.key" \
    --service-account-issuer=https://kubernetes.default.svc \
    --kubelet-client-certificate="$pki/admin.crt" --kubelet-client-key="$pki/admin.key" \
    --kubelet-certificate-authority="$pki/ca.crt" --kubelet-preferred-address-types=InternalIP \
    --requestheader-client-ca-file="$pki/ca.crt" --requestheader-allowed-names=front-proxy \
    --requestheader-extra-headers-prefix=X-Remote-Extra- --requestheader-group-headers=X-Remote-Group \
    --requestheader-username-headers=X-Remote-User \
    --proxy-client-cert-file="$pki/front-proxy.crt" --proxy-client-key-file="$pki/front-proxy.key"
  until_true 60 kube get --raw /readyz || refuse "the API server did not come up: see $state/log/apiserver.log"
  # For measurements in a cluster that another process started.
  echo "$hpa_sync_period" >"$state/hpa-sync-period"
  start controller-manager "$bin/kube" controller-manager --kubeconfig="$kubeconfig" --leader-elect=false \
    --service-account-private-key-file="$pki/accounts.key" --root-ca-file="$pki/ca.crt" \
    --cluster-signing-cert-file="$pki/ca.crt" --cluster-signing-key-file="$pki/ca.key" \
    --use-service-account-credentials --horizontal-pod-autoscaler-sync-period="$hpa_sync_period"
  start scheduler "$bin/kube" scheduler --kubeconfig="$kubeconfig" --leader-elect=false
}

write_node_settings() {
  cat >"$state/containerd.toml" <<END
version = 2
root = "$state/containerd"
state = "$state/run/containerd"
[grpc]
  address = "$state/run/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "localhost/pause:1"
  # Without CAP_SYS_RESOURCE runc may not lower an oom score: "can't get final child's PID from pipe: EOF".
  restrict_oom_score_adj = true
  # Among the cluster's state, so that they go with it.
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "$state/cni"
END
  cat >"$state/cni/10-bridge.conflist" <<END
{"cniVersion": "0.4.0", "name": "testbed", "plugins": [
  {"type": "bridge", "bridge": "cni0", "isGateway": true, "ipMasq": false, "hairpinMode": true,
   "ipam": {"type": "host-local", "ranges": [[{"subnet": "$pod_network"}]], "routes": [{"dst": "0.0.0.0/0"}]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
END
  echo 'nameserver 127.0.0.1' >"$state/resolv.conf"
  cat >"$state/kubelet.yaml" <<END
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
cgroupDriver: cgroupfs
containerRuntimeEndpoint: unix://$state/run/containerd.sock
clusterDNS: [$node_address]
clusterDomain: cluster.local
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: $pki/ca.crt}}
authorization: {mode: Webhook}
tlsCertFile: $pki/kubelet.crt
tlsPrivateKeyFile: $pki/kubelet.key
resolvConf: $state/resolv.conf
# The machine's disk belongs to others too: the cluster neither cleans it nor takes fright when it fills.
imageGCHighThresholdPercent: 100
evictionHard: {nodefs.available: "1%", imagefs.available: "1%", memory.available: "100Mi"}
END
  cat >"$state/Corefile" <<END
.:53 {
  bind $node_address
  errors
  kubernetes cluster.local in-addr.arpa {
    kubeconfig $kubeconfig $node_name
    ttl 5
  }
}
END
}

start_node() {
  start containerd containerd -c "$state/containerd.toml"
  until_true 20 ctr -a "$state/run/containerd.sock" version || refuse "containerd did not come up: see $state/log/containerd.log"
  start kubelet "$bin/kube" kubelet --kubeconfig="$state/kubelet.conf" --config="$state/kubelet.yaml" \
    --hostname-override="$node_name" --node-ip="$node_address" --root-dir="$state/kubelet"
  start proxy "$bin/kube" proxy --kubeconfig="$kubeconfig" --proxy-mode=iptables --cluster-cidr="$pod_network" \
    --hostname-override="$node_name" --conntrack-max-per-core=0
  start coredns "$bin/coredns" -conf "$state/Corefile"
}

say 'starting the control plane'
make_network
make_certificates
write_kubeconfig "$kubeconfig" admin
write_kubeconfig "$state/kubelet.conf" kubelet
write_node_settings
start_control_plane
say 'starting the node'
start_node
until_true 60 kube get node "$node_name" || refuse "the node did not join: see $state/log/kubelet.log"
# The bridge plugin has no engine for NetworkPolicies.
start policies "$bin/policies" --kubeconfig="$kubeconfig" --node="$node_name" --services="$service_network"
kube wait --for=condition=Ready "node/$node_name" --timeout=60s >/dev/null ||
  refuse "the node is not Ready: see $state/log/kubelet.log"
say "ready: export KUBECONFIG=$kubeconfig; run clients as nsenter --net=/var/run/netns/$namespace COMMAND"
