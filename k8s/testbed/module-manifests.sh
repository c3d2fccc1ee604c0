# Manifests out of Go modules, so that no other place has to be reached. Read by the scripts that apply them;
# `kubectl` is theirs.

# manifests_of MODULE@VERSION FOLDER
manifests_of() {
  local folder
  folder=$(go mod download -json "$1" | sed -n 's/.*"Dir": "\(.*\)",*/\1/p')
  kubectl kustomize "$folder/$2" 2>/dev/null
}
