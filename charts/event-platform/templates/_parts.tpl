{{/* A HorizontalPodAutoscaler on CPU. Takes (list $ "component" values-of-the-component). */}}
{{- define "ep.autoscaler" -}}
{{- $root := index . 0 }}
{{- $component := index . 1 }}
{{- with (index . 2).autoscaling -}}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {{ include "ep.fullname" $root }}-{{ $component }}
  namespace: {{ $root.Release.Namespace }}
  labels:
    {{- include "ep.labels" (list $root $component) | nindent 4 }}
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: {{ include "ep.fullname" $root }}-{{ $component }}
  minReplicas: {{ int .minReplicas }}
  maxReplicas: {{ int .maxReplicas }}
  metrics:
    - type: ContainerResource
      containerResource:
        name: cpu
        container: {{ $component }}
        target:
          type: Utilization
          averageUtilization: {{ int .targetCPUPercent }}
  {{- with .behavior }}
  behavior:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
{{- end }}

{{/* Takes (list $ "component" values-of-the-component). */}}
{{- define "ep.disruptionBudget" -}}
{{- $root := index . 0 }}
{{- $component := index . 1 -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ include "ep.fullname" $root }}-{{ $component }}
  namespace: {{ $root.Release.Namespace }}
  labels:
    {{- include "ep.labels" (list $root $component) | nindent 4 }}
spec:
  maxUnavailable: {{ (index . 2).podDisruptionBudget.maxUnavailable }}
  {{- /* A pod that never became ready must not keep a node from being drained. */}}
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels:
      {{- include "ep.selector" (list $root $component) | nindent 6 }}
{{- end }}

{{/* Takes (list $ "component" values-of-the-component). */}}
{{- define "ep.serviceAccount" -}}
{{- $root := index . 0 -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ include "ep.serviceAccountName" . }}
  namespace: {{ $root.Release.Namespace }}
  labels:
    {{- include "ep.labels" (list $root (index . 1)) | nindent 4 }}
  {{- with (index . 2).serviceAccount.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
automountServiceAccountToken: false
{{- end }}
