#!/usr/bin/env bash
# Builds the images of api and worker with the project's own Dockerfiles and hands them to the cluster.
#   build-project-images.sh TAG   default: testbed
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/settings.sh"
source "$here/image-tools.sh"
tag=${1:-testbed}

for service in api worker; do
  image=event-platform-$service:$tag
  began=$SECONDS
  say "building $image"
  "$here/build-image.sh" "$service" "docker.io/library/$image"
  # Always pushed anew: the tag stays while what is behind it changes.
  rm -f "$(archive_of "docker.io/library/$image")"
  load_image "docker.io/library/$image"
  say "built $image in $((SECONDS - began)) s"
done
