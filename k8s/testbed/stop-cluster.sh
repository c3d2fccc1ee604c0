#!/usr/bin/env bash
# Stops what start-cluster.sh started, by the ids it wrote down, and removes the cluster's state. What is
# cached (binaries, images) stays. Not running: nothing to do.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/settings.sh"
[ -d "$state" ] || exit 0
say 'stopping the cluster'

# stop NAME…: sends SIGTERM to each, and SIGKILL after five seconds.
stop() {
  local name id
  for name in "$@"; do
    id=$(cat "$state/run/$name.pid" 2>/dev/null) && kill "$id" 2>/dev/null
  done
  for name in "$@"; do
    id=$(cat "$state/run/$name.pid" 2>/dev/null) || continue
    until_true 5 gone "$id" || kill -9 "$id" 2>/dev/null
  done
}
gone() { ! kill -0 "$1" 2>/dev/null; }

# Those that would start pods again go first.
stop kubelet proxy scheduler controller-manager
containers() { ctr -a "$state/run/containerd.sock" -n k8s.io "$@" 2>/dev/null; }
for task in $(containers tasks ls -q); do containers tasks kill -s KILL "$task"; done
stop coredns policies apiserver etcd containerd
# Shims outlive containerd; each carries this testbed's socket on its command line.
for process in /proc/[0-9]*; do
  if { tr '\0' ' ' <"$process/cmdline"; } 2>/dev/null | grep -q "containerd-shim.*$state/run/containerd.sock"; then
    kill -9 "${process#/proc/}" 2>/dev/null
  fi
done
awk -v prefix="$state/" 'index($2, prefix) == 1 {print $2}' /proc/mounts | sort -r | while read -r mount; do
  umount -l "$mount"
done
ip netns del "$namespace" 2>/dev/null
rm -rf "$state"
say 'gone'
