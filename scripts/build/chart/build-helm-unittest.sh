#!/usr/bin/env sh
# Builds helm-unittest into $1 (default: bin in TESTBED_CACHE or ~/.cache/k8s-testbed). Its go.mod has a replace line, so it
# builds only inside a main module that repeats the line.
set -eu
out=${1:-${TESTBED_CACHE:-$HOME/.cache/k8s-testbed}/bin}
module=github.com/helm-unittest/helm-unittest
version=v1.1.2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$out"
cd "$work"
gomod=$(go mod download -json "$module@$version" | sed -n 's/.*"GoMod": "\(.*\)",*/\1/p')
{
  printf 'module chart/helm-unittest\n\ngo 1.26.0\n\nrequire %s %s\n\n' "$module" "$version"
  grep '^replace' "$gomod"
  printf '\ntool %s/cmd/helm-unittest\n' "$module"
} >go.mod
go mod tidy
CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o "$out/" "$module/cmd/helm-unittest"
