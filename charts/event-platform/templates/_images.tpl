{{/* Takes (list $ image-values), as do the others here that name no root. */}}
{{- define "ep.image" -}}
{{- $root := index . 0 -}}
{{- $image := index . 1 -}}
{{- $name := $image.repository -}}
{{- with $root.Values.image.registry }}{{ $name = printf "%s/%s" . $name }}{{ end -}}
{{- if $image.digest }}
{{- printf "%s@%s" $name $image.digest }}
{{- else }}
{{- printf "%s:%s" $name (default $root.Chart.AppVersion $image.tag) }}
{{- end }}
{{- end }}

{{- define "ep.pullPolicy" -}}
{{- default (index . 0).Values.image.pullPolicy (index . 1).pullPolicy }}
{{- end }}

{{/*
Images whose names have no slash, by comma. A node would pull such a name from the official library of Docker's own
registry, where the images of this chart can never be: it works only where every node holds the image. Takes the root.
*/}}
{{- define "ep.images.unregistered" -}}
{{- $names := list }}
{{- range list .Values.api.image .Values.worker.image }}
{{- $name := include "ep.image" (list $ .) }}
{{- if not (contains "/" $name) }}{{ $names = append $names $name }}{{ end }}
{{- end }}
{{- join ", " $names }}
{{- end }}

{{/*
Whether some image has a name without a registry, and nothing says that it is on the nodes. A tag or a digest of the
user's own says so: Skaffold and `kind load` set one. Takes the root.
*/}}
{{- define "ep.images.missing" -}}
{{- range list .Values.api.image .Values.worker.image }}
{{- if and (not (contains "/" (include "ep.image" (list $ .)))) (not .tag) (not .digest) (ne (include "ep.pullPolicy" (list $ .)) "Never") }}true{{ end }}
{{- end }}
{{- end }}

{{/* How to make the images and where to say it; for an error and for the notes. Takes the root. */}}
{{- define "ep.images.recipes" -}}
{{- $tag := .Chart.AppVersion -}}
In a clone of the repository, with a registry of your own, by Docker:
  for s in api worker; do docker build -f services/$s/Dockerfile -t registry.example.com/team/event-platform-$s:{{ $tag }} .; done
  for s in api worker; do docker push registry.example.com/team/event-platform-$s:{{ $tag }}; done
  helm upgrade --install … --set image.registry=registry.example.com/team
or by buildah:
  for s in api worker; do buildah build -f services/$s/Dockerfile -t registry.example.com/team/event-platform-$s:{{ $tag }} .; done
  for s in api worker; do buildah push registry.example.com/team/event-platform-$s:{{ $tag }}; done
  helm upgrade --install … --set image.registry=registry.example.com/team
or without a registry, into the nodes of kind (--name, if yours is not called kind):
  for s in api worker; do docker build -f services/$s/Dockerfile -t event-platform-$s:{{ $tag }} .; done
  kind load docker-image event-platform-api:{{ $tag }} event-platform-worker:{{ $tag }}
  helm upgrade --install … --set image.pullPolicy=Never
{{- end }}
