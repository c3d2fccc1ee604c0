#!/usr/bin/env bash
# Volumes for StatefulSets: sixty folders on the node's disk, each for one claim, since no provisioner runs
# here. Those whose claim is gone are emptied and offered again.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/settings.sh"

for volume in $(kube get persistentvolumes -o jsonpath='{range .items[?(@.status.phase=="Released")]}{.metadata.name} {end}'); do
  kube delete persistentvolume "$volume" >/dev/null
  rm -rf "$state/volumes/${volume#testbed-}"
done

storage_class() {
  cat <<END
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata:
  name: testbed
  annotations:
    storageclass.kubernetes.io/is-default-class: "true"
provisioner: kubernetes.io/no-provisioner
volumeBindingMode: WaitForFirstConsumer
END
}

volume() { # NUMBER
  cat <<END
---
apiVersion: v1
kind: PersistentVolume
metadata:
  name: testbed-$1
spec:
  storageClassName: testbed
  capacity: {storage: 10Gi}
  accessModes: [ReadWriteOnce]
  local: {path: $state/volumes/$1}
  nodeAffinity:
    required:
      nodeSelectorTerms:
        - matchExpressions:
            - {key: kubernetes.io/hostname, operator: In, values: [$node_name]}
END
}

{
  storage_class
  for number in $(seq 60); do
    mkdir -p "$state/volumes/$number"
    volume "$number"
  done
} | kube apply -f - >/dev/null
