# Making images with buildah and handing them to the testbed's containerd. Read by the scripts that do.

# Overlay needs no copy of each layer; chroot needs no container runtime to build in.
export STORAGE_DRIVER=overlay BUILDAH_ISOLATION=chroot
images=$cache/images
# What the project's Dockerfiles stand on.
node_image=docker.io/library/node:24-bookworm-slim
build_image=localhost/node-with-npm:24

have_image() { buildah inspect --type image "$1" >/dev/null 2>&1; }

# build_image IMAGE CONTEXT [FLAGS…]
build_image() {
  local image=$1 context=$2
  shift 2
  buildah bud --quiet --pull=never --layers --tag "$image" "$@" "$context" >/dev/null
}

# make_image IMAGE CONTEXT: builds unless the last one was made of the same files.
make_image() {
  local stamp file
  stamp=$(cd "$2" && find . -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -c1-16)
  file=$(archive_of "$1").stamp
  if [ "$(cat "$file" 2>/dev/null)" = "$stamp" ] && have_image "$1"; then return; fi
  say "making ${1##*/}"
  rm -f "$(archive_of "$1")"
  build_image "$1" "$2"
  echo "$stamp" >"$file"
}

archive_of() { echo "$images/$(tr '/:' '__' <<<"$1").tar"; }

# load_image IMAGE: from buildah into containerd, over an archive that is kept for the next cluster.
load_image() {
  local archive
  archive=$(archive_of "$1")
  [ -f "$archive" ] || buildah push --quiet "$1" "oci-archive:$archive:$1"
  ctr -a "$state/run/containerd.sock" -n k8s.io images import "$archive" >/dev/null
}
