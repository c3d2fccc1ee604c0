#!/usr/bin/env bash
# Builds the image of api or worker with its Dockerfile, by buildah; no cluster is needed.
#   build-image.sh api|worker IMAGE [FLAGS of buildah…]
# Packages come from the npm registry that this machine is set to use; its settings and certificates are
# mounted for the build and stay out of the images. Every file is dated alike: the same sources make the same layers.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
source "$here/settings.sh"
source "$here/image-tools.sh"
service=$1 image=$2
shift 2

secrets=()
[ ! -f "$HOME/.npmrc" ] || secrets+=(--secret "id=npmrc,src=$HOME/.npmrc")
[ ! -f /etc/ssl/certs/ca-certificates.crt ] || secrets+=(--secret id=ca,src=/etc/ssl/certs/ca-certificates.crt)
revision=$(git -C "$root" rev-parse --short HEAD 2>/dev/null || echo unknown)

build_image "$image" "$root" --file "$root/services/$service/Dockerfile" "${secrets[@]}" --timestamp 0 \
  --build-arg "BUILD_IMAGE=$build_image" --build-arg "REVISION=$revision" "$@"
