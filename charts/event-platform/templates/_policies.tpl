{{/* Picks pods of several components. Takes (list $ "component"…). */}}
{{- define "ep.policy.components" -}}
{{- $root := index . 0 -}}
matchLabels:
  app.kubernetes.io/name: {{ include "ep.name" $root }}
  app.kubernetes.io/instance: {{ $root.Release.Name }}
matchExpressions:
  - key: app.kubernetes.io/component
    operator: In
    values: {{ rest . | toJson }}
{{- end }}

{{/* `to` a store: the bundled one, or what the values say; nothing means anywhere. */}}
{{- define "ep.policy.to" -}}
{{- $root := index . 0 -}}
{{- if $root.Values.evaluation.enabled -}}
to:
  - podSelector:
      matchLabels:
        {{- include "ep.selector" (list $root (index . 1)) | nindent 8 }}
{{- else if index . 2 -}}
to:
  {{- toYaml (index . 2) | nindent 2 }}
{{- end }}
{{- end }}
