#!/usr/bin/env bash
# Whether this machine lets us run containers at all: says why not and ends with 1. Changes nothing that stays.
# Inside another container, or in a changed root, root alone is not enough.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/settings.sh"

[ "$(uname -s)" = Linux ] || refuse 'it needs Linux; elsewhere: kind create cluster --config k8s/kind.yaml'
[ "$(id -u)" = 0 ] || refuse 'it makes network namespaces and containers, so it needs root: sudo make cluster'

# What runc does first: a mount of its own becomes the root of a new mount namespace.
root=$(mktemp -d)
trap 'rmdir "$root"' EXIT
pivot='mount -t tmpfs tmpfs "$0" && mkdir "$0/old" && cd "$0" && pivot_root . old'
unshare --mount sh -c "$pivot" "$root" 2>/dev/null ||
  refuse 'this machine does not let us mount and change the root (a container without privileges?)'
unshare --net true 2>/dev/null || refuse 'this machine does not let us make network namespaces'

# Where the kubelet puts its pods: control groups of either version.
group=$(find /sys/fs/cgroup -maxdepth 1 -name cpu -type d 2>/dev/null || true)
group=${group:-/sys/fs/cgroup}/ep-testbed-can-run
mkdir "$group" 2>/dev/null || refuse "this machine does not let us make control groups in ${group%/*}"
rmdir "$group"
