{{/* One trigger of the ScaledObject. Takes (list $ "state"), a state of BullMQ's jobs. */}}
{{- define "ep.trigger" -}}
{{- $root := index . 0 }}
{{- $redis := $root.Values.redis }}
{{- $types := dict "standalone" "redis" "sentinel" "redis-sentinel" "cluster" "redis-cluster" -}}
- type: {{ get $types $redis.type }}
  name: {{ index . 1 }}
  metadata:
    {{- if eq $redis.type "standalone" }}
    address: {{ printf "%s:%d" (include "ep.redis.host" $root) (ternary 6379 (int $redis.port) $root.Values.evaluation.enabled) | quote }}
    {{- else }}
    addresses: {{ join "," (get $redis $redis.type).addresses | quote }}
    {{- end }}
    {{- if eq $redis.type "sentinel" }}
    sentinelMaster: {{ $redis.sentinel.master | quote }}
    {{- with $redis.sentinel.username }}
    sentinelUsername: {{ . | quote }}
    {{- end }}
    {{- end }}
    {{- if and $redis.username (not $root.Values.evaluation.enabled) }}
    username: {{ $redis.username | quote }}
    {{- end }}
    {{- if ne $redis.type "cluster" }}
    databaseIndex: {{ int $redis.database | quote }}
    {{- end }}
    {{- if $redis.tls.enabled }}
    enableTLS: "true"
    {{- end }}
    listName: {{ printf "%s:%s" (include "ep.redis.queueKey" $root) (index . 1) | quote }}
  {{- if include "ep.trigger.auth" $root }}
  authenticationRef:
    name: {{ include "ep.trigger.auth" $root }}
  {{- end }}
{{- end }}

{{/* Name of the TriggerAuthentication; empty when Redis requires no secret. */}}
{{- define "ep.trigger.auth" -}}
{{- if .Values.keda.existingTriggerAuthentication }}
{{- .Values.keda.existingTriggerAuthentication }}
{{- else if or (include "ep.redis.hasPassword" .) (include "ep.redis.hasCa" .) }}
{{- include "ep.fullname" . }}-redis
{{- end }}
{{- end }}

{{/*
Waiting jobs for which one pod is started. A job holds 1,000 events at most (services/api, maxJobEvents), so
a full queue has at least QUEUE_MAX_PENDING_EVENTS ÷ 1,000 jobs, and those have to bring every pod.
*/}}
{{- define "ep.jobsPerPod" -}}
{{- if kindIs "invalid" .Values.keda.jobsPerPod }}
{{- $pendingEvents := .Values.api.config.QUEUE_MAX_PENDING_EVENTS | default 1000000 | int }}
{{- max 1 (div (div $pendingEvents 1000) (int .Values.keda.maxReplicas)) }}
{{- else }}
{{- int .Values.keda.jobsPerPod }}
{{- end }}
{{- end }}
