#!/usr/bin/env bash
# Builds what the testbed runs from Go modules into the cache: cold about 10 minutes on two cores, warm
# nothing. A program of this repository is built again when its folder changes.
#   build-binaries.sh [NAME…]   default: pause kube keda coredns metrics-server policies helm helm4; also: k6 kubeconform kube-score helm-unittest
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/settings.sh"
command -v go >/dev/null || refuse 'Go is missing: get 1.26 or later from https://go.dev/dl'
mkdir -p "$bin"
export CGO_ENABLED=0

# from_folder NAME: modules with replace lines cannot be installed by name, so programs/ has a main module for each.
from_folder() {
  local folder=$here/programs/$1 stamp began=$SECONDS
  stamp=$(cat "$folder"/* | sha256sum | cut -c1-16)
  [ "$(cat "$bin/$1.stamp" 2>/dev/null)" != "$stamp" ] || return 0
  say "building $1, once a machine"
  (cd "$folder" && "build_$1")
  echo "$stamp" >"$bin/$1.stamp"
  say "built $1 in $((SECONDS - began)) s"
}

build() { go build -trimpath -ldflags "-s -w ${3:-}" -o "$1" "$2"; }
build_pause() { build "$bin/pause" .; }
build_coredns() { build "$bin/coredns" .; }
build_policies() { build "$bin/policies" .; }
build_kube() {
  local version=k8s.io/component-base/version release
  release=$(go list -m -f '{{.Version}}' k8s.io/kubernetes)
  build "$bin/kube" . "-X $version.gitVersion=$release -X $version.gitMajor=1 \
    -X $version.gitMinor=$kubernetes_minor -X $version.gitTreeState=clean -X $version.gitCommit=module"
}
build_keda() {
  mkdir -p "$bin/keda-parts"
  build "$bin/keda-parts/" tool
  mv "$bin/keda-parts/operator" "$bin/keda"
  mv "$bin/keda-parts/adapter" "$bin/keda-adapter"
  mv "$bin/keda-parts/webhooks" "$bin/keda-admission-webhooks"
  rmdir "$bin/keda-parts"
}

# by_name FILE MODULE@VERSION [LDFLAGS]
by_name() {
  local began=$SECONDS
  [ ! -x "$bin/$1" ] || return 0
  say "building $1, once a machine"
  GOBIN=$bin go install -trimpath -ldflags "-s -w ${3:-}" "$2"
  say "built $1 in $((SECONDS - began)) s"
}

[ $# -gt 0 ] || set -- pause kube keda coredns metrics-server policies helm helm4
for program in "$@"; do
  case $program in
    pause | kube | keda | coredns | policies) from_folder "$program" ;;
    metrics-server) by_name metrics-server "sigs.k8s.io/metrics-server/cmd/metrics-server@$metrics_server_version" ;;
    k6) by_name k6 "go.k6.io/k6@$k6_version" ;;
    kubeconform) by_name kubeconform "github.com/yannh/kubeconform/cmd/kubeconform@$kubeconform_version" ;;
    kube-score) by_name kube-score "github.com/zegl/kube-score/cmd/kube-score@$kube_score_version" ;;
    helm)
      minor=helm.sh/helm/v3/pkg/chartutil.k8sVersion
      by_name helm "helm.sh/helm/v3/cmd/helm@$helm_version" "-X ${minor}Major=1 -X ${minor}Minor=$kubernetes_minor"
      ;;
    helm4)
      # It has the name of Helm 3 until it is moved.
      [ -x "$bin/helm4" ] || (bin=$bin/helm4-parts by_name helm "helm.sh/helm/v4/cmd/helm@$helm4_version")
      [ ! -d "$bin/helm4-parts" ] || { mv "$bin/helm4-parts/helm" "$bin/helm4" && rmdir "$bin/helm4-parts"; }
      ;;
    helm-unittest) [ -x "$bin/$program" ] || sh "$here/../../scripts/build/chart/build-helm-unittest.sh" "$bin" ;;
    *) refuse "no program $program: pause kube keda coredns metrics-server policies helm helm4 k6 kubeconform kube-score helm-unittest" ;;
  esac
done
