#!/usr/bin/env bash
# From nothing to a cluster with KEDA, metrics-server and the project's images in it. Run again: brings
# what is missing, and the images of the sources as they are now.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
source "$here/settings.sh"

"$here/can-run.sh"
[ -x "$root/node_modules/.bin/node" ] || refuse 'packages are missing: run npm ci'

# Debian's names of the programs that are not built here.
missing=()
for pair in containerd:containerd runc:runc iptables:iptables conntrack:conntrack ipset:ipset ip:iproute2 \
  openssl:openssl buildah:buildah mmdebstrap:mmdebstrap nsenter:util-linux sysctl:procps; do
  command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
done
[ -x /usr/lib/cni/bridge ] || missing+=(containernetworking-plugins)
if [ ${#missing[@]} -gt 0 ]; then
  command -v apt-get >/dev/null || refuse "missing: ${missing[*]}; install them and try again"
  say "installing ${missing[*]}"
  apt-get update -q >/dev/null
  DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -q --no-install-recommends "${missing[@]}" >/dev/null
fi

"$here/build-binaries.sh"
"$here/start-cluster.sh"
"$here/load-images.sh"
"$here/install-addons.sh"
"$here/build-project-images.sh"
