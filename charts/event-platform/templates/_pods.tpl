{{/* What the pods of the platform have in common. */}}

{{- define "ep.env.postgres" -}}
- name: DATABASE_URL
  valueFrom:
    secretKeyRef:
      name: {{ include "ep.postgres.secret" . }}
      key: {{ include "ep.postgres.urlKey" . }}
{{- if and .Values.postgres.shardsKey (not .Values.evaluation.enabled) }}
- name: DATABASE_SHARDS
  valueFrom:
    secretKeyRef:
      name: {{ include "ep.postgres.secret" . }}
      key: {{ .Values.postgres.shardsKey }}
{{- end }}
{{- end }}

{{- define "ep.env.redis" -}}
{{- $auth := .Values.redis.auth -}}
{{- if and $auth.enabled $auth.urlKey (not .Values.evaluation.enabled) }}
- name: REDIS_URL
  valueFrom:
    secretKeyRef:
      name: {{ $auth.existingSecret }}
      key: {{ $auth.urlKey }}
{{- else }}
- name: REDIS_URL
  value: {{ include "ep.redis.url" . | quote }}
{{- if and .Values.redis.username (not .Values.evaluation.enabled) }}
- name: REDIS_USERNAME
  value: {{ .Values.redis.username | quote }}
{{- end }}
{{- if include "ep.redis.hasPassword" . }}
- name: REDIS_PASSWORD
  valueFrom:
    secretKeyRef:
      name: {{ include "ep.redis.secret" . }}
      key: {{ include "ep.redis.passwordKey" . }}
{{- end }}
{{- end }}
{{- if include "ep.redis.hasCa" . }}
- name: NODE_EXTRA_CA_CERTS
  value: /etc/redis-ca/{{ .Values.redis.tls.caKey }}
{{- end }}
{{- end }}

{{- define "ep.redis.hasCa" -}}
{{- if and .Values.redis.tls.enabled .Values.redis.tls.caSecret (not .Values.evaluation.enabled) }}true{{ end }}
{{- end }}

{{/* Variables by name, sorted. Takes one or more maps in a list; later ones win. */}}
{{- define "ep.env.config" -}}
{{- $all := dict }}
{{- range . }}{{ $all = mergeOverwrite $all (deepCopy .) }}{{ end }}
{{- range $name := keys $all | sortAlpha }}
- name: {{ $name }}
  value: {{ include "ep.text" (get $all $name) | quote }}
{{- end }}
{{- end }}

{{/* Takes (list $ values-of-the-component), as do the mounts. */}}
{{- define "ep.volumes" -}}
{{- $root := index . 0 -}}
- name: tmp
  emptyDir:
    sizeLimit: 64Mi
{{- if include "ep.redis.hasCa" $root }}
- name: redis-ca
  secret:
    secretName: {{ $root.Values.redis.tls.caSecret }}
{{- end }}
{{- with (index . 1).extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "ep.volumeMounts" -}}
{{- $root := index . 0 -}}
- name: tmp
  mountPath: /tmp
{{- if include "ep.redis.hasCa" $root }}
- name: redis-ca
  mountPath: /etc/redis-ca
  readOnly: true
{{- end }}
{{- with (index . 1).extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Top of a pod's spec. Takes (list $ service-account). */}}
{{- define "ep.podTop" -}}
{{- $root := index . 0 -}}
serviceAccountName: {{ index . 1 }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with $root.Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  {{- toYaml $root.Values.podSecurityContext | nindent 2 }}
{{- end }}

{{/*
The migration, or with "--wait" the wait for it. It has the extra variables and mounts of its pod's component,
such as the certificate of PostgreSQL's authority. Takes (list $ name arguments values-of-the-component).
*/}}
{{- define "ep.migrateContainer" -}}
{{- $root := index . 0 -}}
- name: {{ index . 1 }}
  image: {{ include "ep.image" (list $root $root.Values.worker.image) }}
  imagePullPolicy: {{ include "ep.pullPolicy" (list $root $root.Values.worker.image) }}
  args: {{ index . 2 | toJson }}
  env:
    {{- include "ep.env.postgres" $root | nindent 4 }}
    - name: LOG_LEVEL
      value: {{ $root.Values.config.LOG_LEVEL }}
    {{- with (index . 3).extraEnv }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  resources:
    {{- toYaml $root.Values.migration.resources | nindent 4 }}
  securityContext:
    {{- toYaml $root.Values.securityContext | nindent 4 }}
  volumeMounts:
    {{- include "ep.volumeMounts" (list $root (index . 3)) | nindent 4 }}
{{- end }}

{{/* Nodes that a pod may go to. Takes values-of-the-component; begins with a line break. */}}
{{- define "ep.nodes" -}}
{{- with .nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Where a pod goes. Takes (list $ "component" values-of-the-component). */}}
{{- define "ep.placement" -}}
{{- $values := index . 2 -}}
topologySpreadConstraints:
{{- if $values.topologySpreadConstraints }}
  {{- toYaml $values.topologySpreadConstraints | nindent 2 }}
{{- else }}
{{- $root := index . 0 }}
{{- $component := index . 1 }}
{{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "ep.selector" (list $root $component) | nindent 8 }}
    matchLabelKeys: [pod-template-hash]
{{- end }}
{{- end }}
{{- include "ep.nodes" $values }}
{{- with $values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end }}

{{/*
Probes of the operational port. A start may take a minute on a busy node before it is given up. Readiness
is asked each second, so that who starts serves soon; a pod is taken out after four seconds without.
*/}}
{{- define "ep.probes" -}}
startupProbe:
  httpGet:
    path: /healthz/live
    port: ops
  periodSeconds: 1
  timeoutSeconds: 2
  failureThreshold: 60
readinessProbe:
  httpGet:
    path: /healthz/ready
    port: ops
  periodSeconds: 1
  timeoutSeconds: 3
  failureThreshold: 4
livenessProbe:
  httpGet:
    path: /healthz/live
    port: ops
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 3
{{- end }}
