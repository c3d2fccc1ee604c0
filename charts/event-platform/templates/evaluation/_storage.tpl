{{- define "ep.evaluation.data" -}}
volumes:
  - name: run
    emptyDir: {}
{{- if not .Values.evaluation.storage }}
  - name: data
    emptyDir: {}
{{- end }}
{{- end }}

{{- define "ep.evaluation.claim" -}}
{{- with .Values.evaluation.storage -}}
{{- /* What was tried goes when the release goes: nothing is left behind. */ -}}
persistentVolumeClaimRetentionPolicy:
  whenDeleted: Delete
volumeClaimTemplates:
  - metadata:
      name: data
    spec:
      accessModes: [ReadWriteOnce]
      resources:
        requests:
          storage: {{ . }}
{{- end }}
{{- end }}
