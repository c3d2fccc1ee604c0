#!/usr/bin/env bash
# Builds what the testbed runs from Go modules into the cache: cold about 20 minutes on two cores, warm
# nothing. A program is built again when its folder here changes.
#   build-binaries.sh [NAME…]   default: kube keda coredns metrics-server helm
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/settings.sh"
command -v go >/dev/null || refuse 'Go is missing: get 1.26 or later from https://go.dev/dl'
mkdir -p "$bin"
export CGO_ENABLED=0

# Modules with replace lines cannot be installed by name; each has a main module of ours in programs/.
from_folder() { # FOLDER FILE… -- LDFLAGS: every file is one package of the folder's go.mod
  local folder=$here/programs/$1 stamp
  stamp=$(cat "$folder"/* | sha256sum | cut -c1-16)
  shift
  [ "$(cat "$bin/$1.stamp" 2>/dev/null)" = "$stamp" ] && [ -x "$bin/$1" ] && return
  local began=$SECONDS
  say "building ${folder##*/}, once a machine"
  "build_${folder##*/}" "$folder"
  echo "$stamp" >"$bin/$1.stamp"
  say "built ${folder##*/} in $((SECONDS - began)) s"
}

build_kube() {
  local version=k8s.io/component-base/version release
  release=$(cd "$1" && go list -m -f '{{.Version}}' k8s.io/kubernetes)
  (cd "$1" && go build -trimpath -o "$bin/kube" -ldflags "-s -w -X $version.gitVersion=$release \
    -X $version.gitMajor=1 -X $version.gitMinor=$kubernetes_minor -X $version.gitTreeState=clean -X $version.gitCommit=module" .)
}

build_keda() {
  local out
  out=$(mktemp -d)
  (cd "$1" && go build -trimpath -ldflags '-s -w' -o "$out/" tool)
  mv "$out/operator" "$bin/keda"
  mv "$out/adapter" "$bin/keda-adapter"
  mv "$out/webhooks" "$bin/keda-admission-webhooks"
  rmdir "$out"
}

build_coredns() { (cd "$1" && go build -trimpath -ldflags '-s -w' -o "$bin/coredns" .); }

# install FILE MODULE@VERSION [LDFLAGS]
install_module() {
  [ -x "$bin/$1" ] && return
  say "building $1, once a machine"
  GOBIN=$bin go install -trimpath -ldflags "-s -w ${3:-}" "$2"
}

for name in "${@:-kube keda coredns metrics-server helm}"; do
  for program in $name; do
    case $program in
      kube | coredns) from_folder "$program" "$program" ;;
      keda) from_folder keda keda ;;
      metrics-server) install_module metrics-server "sigs.k8s.io/metrics-server/cmd/metrics-server@$metrics_server_version" ;;
      helm) install_module helm "helm.sh/helm/v3/cmd/helm@$helm_version" \
        "-X helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor=1 -X helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor=$kubernetes_minor" ;;
      k6) install_module k6 "go.k6.io/k6@$k6_version" ;;
      kubeconform) install_module kubeconform "github.com/yannh/kubeconform/cmd/kubeconform@$kubeconform_version" ;;
      *) refuse "no program $program: kube keda coredns metrics-server helm k6 kubeconform" ;;
    esac
  done
done
