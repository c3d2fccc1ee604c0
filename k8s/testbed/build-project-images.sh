#!/usr/bin/env bash
# Builds the images of api and worker with the project's own Dockerfiles and hands them to the cluster.
#   build-project-images.sh TAG   default: testbed
# Packages come from the npm registry that this machine is set to use; its settings and certificates are
# mounted for the build and stay out of the images.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
source "$here/settings.sh"
source "$here/image-tools.sh"
tag=${1:-testbed}

secrets=()
[ ! -f "$HOME/.npmrc" ] || secrets+=(--secret "id=npmrc,src=$HOME/.npmrc")
[ ! -f /etc/ssl/certs/ca-certificates.crt ] || secrets+=(--secret id=ca,src=/etc/ssl/certs/ca-certificates.crt)
revision=$(git -C "$root" rev-parse --short HEAD 2>/dev/null || echo unknown)

for service in api worker; do
  image=event-platform-$service:$tag
  began=$SECONDS
  say "building $image"
  build_image "docker.io/library/$image" "$root" --file "$root/services/$service/Dockerfile" "${secrets[@]}" \
    --build-arg "BUILD_IMAGE=$build_image" --build-arg "REVISION=$revision"
  # Always pushed anew: the tag stays while what is behind it changes.
  rm -f "$(archive_of "docker.io/library/$image")"
  load_image "docker.io/library/$image"
  say "built $image in $((SECONDS - began)) s"
done
