{{/* Where Redis is, for the pods and for KEDA: one source for both. */}}

{{- define "ep.redis.host" -}}
{{- if .Values.evaluation.enabled }}
{{- printf "%s-redis.%s.svc.%s" (include "ep.fullname" .) .Release.Namespace .Values.clusterDomain }}
{{- else if contains "." .Values.redis.host }}
{{- .Values.redis.host }}
{{- else }}
{{- /* A short name means something else in the namespace of KEDA. */}}
{{- printf "%s.%s.svc.%s" .Values.redis.host .Release.Namespace .Values.clusterDomain }}
{{- end }}
{{- end }}

{{- define "ep.redis.hasPassword" -}}
{{- if or .Values.evaluation.enabled .Values.redis.auth.enabled }}true{{ end }}
{{- end }}

{{- define "ep.redis.secret" -}}
{{- if .Values.evaluation.enabled }}{{ include "ep.fullname" . }}-evaluation{{ else }}{{ .Values.redis.auth.existingSecret }}{{ end }}
{{- end }}

{{- define "ep.redis.passwordKey" -}}
{{- if .Values.evaluation.enabled }}redis-password{{ else }}{{ .Values.redis.auth.passwordKey }}{{ end }}
{{- end }}

{{/* Without user and password: those are variables of their own, since a URL would have to encode them. */}}
{{- define "ep.redis.url" -}}
{{- $scheme := ternary "rediss" "redis" .Values.redis.tls.enabled -}}
{{- $port := ternary 6379 (int .Values.redis.port) .Values.evaluation.enabled -}}
{{- printf "%s://%s:%d/%d" $scheme (include "ep.redis.host" .) $port (int .Values.redis.database) }}
{{- end }}

{{/* Start of BullMQ's keys. The pods get prefix and queue, KEDA gets this with :wait and so on. */}}
{{- define "ep.redis.queueKey" -}}
{{- printf "%s:%s" .Values.redis.prefix .Values.redis.queue }}
{{- end }}

{{- define "ep.postgres.secret" -}}
{{- if .Values.evaluation.enabled }}{{ include "ep.fullname" . }}-evaluation{{ else }}{{ .Values.postgres.existingSecret }}{{ end }}
{{- end }}

{{- define "ep.postgres.urlKey" -}}
{{- if .Values.evaluation.enabled }}DATABASE_URL{{ else }}{{ .Values.postgres.urlKey }}{{ end }}
{{- end }}
