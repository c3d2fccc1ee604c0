{{/* Names and labels. Components are api, worker, maintainer, migrate, test, redis, postgres. */}}

{{- define "ep.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" }}
{{- end }}

{{- define "ep.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" }}
{{- else if contains (include "ep.name" .) .Release.Name }}
{{- .Release.Name | trunc 40 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "ep.name" .) | trunc 40 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{/* What a Service or a policy picks pods by. Takes (list $ "component"). */}}
{{- define "ep.selector" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: {{ include "ep.name" $root }}
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{/* Labels of an object. Takes (list $ "component"). */}}
{{- define "ep.labels" -}}
{{- $root := index . 0 -}}
{{ include "ep.selector" . }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" }}
{{- with $root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Takes (list $ "component" values-of-the-component). */}}
{{- define "ep.serviceAccountName" -}}
{{- $account := (index . 2).serviceAccount -}}
{{- if $account.create }}
{{- default (printf "%s-%s" (include "ep.fullname" (index . 0)) (index . 1)) $account.name }}
{{- else }}
{{- default "default" $account.name }}
{{- end }}
{{- end }}

{{/* Numbers in full: a template would write 1000000 as 1e+06. */}}
{{- define "ep.text" -}}
{{- if kindIs "float64" . }}{{ if eq . (floor .) }}{{ int64 . }}{{ else }}{{ . }}{{ end }}{{ else }}{{ . }}{{ end }}
{{- end }}

{{/* The address of the api within the cluster. */}}
{{- define "ep.apiUrl" -}}
http://{{ include "ep.fullname" . }}-api.{{ .Release.Namespace }}.svc.{{ .Values.clusterDomain }}:{{ int .Values.api.service.port }}
{{- end }}
