{{- define "ep.validate" -}}
{{- include "ep.validate.secrets" . }}
{{- include "ep.validate.redis" . }}
{{- include "ep.validate.scaling" . }}
{{- include "ep.validate.memory" . }}
{{- include "ep.validate.connections" . }}
{{- include "ep.validate.images" . }}
{{- if and (eq .Values.api.config.AUTH "off") (ne (toString .Values.api.config.ALLOW_AUTH_OFF) "true") }}
{{- fail "\n\napi.config.AUTH=off lets everybody who reaches the Service write as any account. If that is meant, in a network of your own, set api.config.ALLOW_AUTH_OFF=true as well; otherwise leave AUTH=keys." }}
{{- end }}
{{- end }}

{{- define "ep.validate.images" -}}
{{- if include "ep.images.missing" . }}
{{- fail (printf "\n\nimage.registry is missing, and no public registry has these images: %s.\n%s\n" (include "ep.images.unregistered" .) (include "ep.images.recipes" .)) }}
{{- end }}
{{- end }}

{{- define "ep.validate.secrets" -}}
{{- if not .Values.evaluation.enabled }}
{{- if not .Values.postgres.existingSecret }}
{{- fail (printf "\n\npostgres.existingSecret is missing: name a Secret with the connection URL under the key %s, made by\n  kubectl -n %s create secret generic event-platform-postgres --from-literal=%s=postgres://user:password@host:5432/database\nor set evaluation.enabled=true to try the chart with a bundled PostgreSQL and Redis." .Values.postgres.urlKey .Release.Namespace .Values.postgres.urlKey) }}
{{- end }}
{{- if and .Values.redis.auth.enabled (not .Values.redis.auth.existingSecret) }}
{{- fail (printf "\n\nredis.auth.existingSecret is missing: name a Secret with the password under the key %s, made by\n  kubectl -n %s create secret generic event-platform-redis --from-literal=%s=…\nor set redis.auth.enabled=false for a Redis without a password." .Values.redis.auth.passwordKey .Release.Namespace .Values.redis.auth.passwordKey) }}
{{- end }}
{{- end }}
{{- end }}

{{- define "ep.validate.redis" -}}
{{- $redis := .Values.redis }}
{{- if .Values.evaluation.enabled }}
{{- if or (ne $redis.type "standalone") $redis.tls.enabled $redis.host }}
{{- fail "\n\nevaluation.enabled=true brings a Redis of its own: leave redis.host, redis.type and redis.tls as they are, or set evaluation.enabled=false." }}
{{- end }}
{{- else }}
{{- if not $redis.host }}
{{- fail "\n\nredis.host is missing: say where Redis is, by a name that also the KEDA operator can resolve, or set evaluation.enabled=true to try the chart with a bundled one." }}
{{- end }}
{{- if and (eq $redis.type "sentinel") (not $redis.sentinel.addresses) }}
{{- fail "\n\nredis.type=sentinel needs redis.sentinel.addresses, such as [\"sentinel-0.sentinel.data.svc.cluster.local:26379\"]." }}
{{- end }}
{{- if eq $redis.type "cluster" }}
{{- if not $redis.cluster.addresses }}
{{- fail "\n\nredis.type=cluster needs redis.cluster.addresses, such as [\"redis-0.redis.data.svc.cluster.local:6379\"]." }}
{{- end }}
{{- if not (regexMatch "\\{[^}]+\\}" (printf "%s:%s" $redis.prefix $redis.queue)) }}
{{- fail (printf "\n\nredis.type=cluster needs braces in redis.prefix, such as '{ep}': without them the keys of one script (%s:…) lie in several hash slots, which Redis refuses." $redis.prefix) }}
{{- end }}
{{- if ne (int $redis.database) 0 }}
{{- fail "\n\nredis.type=cluster knows database 0 only: set redis.database=0." }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "ep.validate.scaling" -}}
{{- $api := .Values.api.autoscaling }}
{{- $worker := .Values.worker.autoscaling }}
{{- if and .Values.keda.enabled $worker.enabled }}
{{- fail "\n\nkeda.enabled and worker.autoscaling.enabled are both true: two autoscalers would pull one Deployment to and fro. Keep keda.enabled (it sees the backlog), or set it to false." }}
{{- end }}
{{- if and .Values.keda.enabled (gt (int .Values.keda.minReplicas) (int .Values.keda.maxReplicas)) }}
{{- fail (printf "\n\nkeda.minReplicas (%d) is above keda.maxReplicas (%d)." (int .Values.keda.minReplicas) (int .Values.keda.maxReplicas)) }}
{{- end }}
{{- range $name, $scaler := dict "api" $api "worker" $worker }}
{{- if and $scaler.enabled (gt (int $scaler.minReplicas) (int $scaler.maxReplicas)) }}
{{- fail (printf "\n\n%s.autoscaling.minReplicas (%d) is above %s.autoscaling.maxReplicas (%d)." $name (int $scaler.minReplicas) $name (int $scaler.maxReplicas)) }}
{{- end }}
{{- end }}
{{- if ge (int .Values.api.shutdown.delaySeconds) (int .Values.api.shutdown.deadlineSeconds) }}
{{- fail (printf "\n\napi.shutdown.delaySeconds (%d) leaves nothing of api.shutdown.deadlineSeconds (%d) for open requests: a request may take 15 s." (int .Values.api.shutdown.delaySeconds) (int .Values.api.shutdown.deadlineSeconds)) }}
{{- end }}
{{- end }}

{{/* Most pods that the api can have, for its share of a limit and for the connections. */}}
{{- define "ep.api.maxReplicas" -}}
{{- with .Values.api }}{{ ternary .autoscaling.maxReplicas .replicas .autoscaling.enabled | int }}{{ end }}
{{- end }}

{{- define "ep.worker.maxReplicas" -}}
{{- if .Values.keda.enabled }}{{ int .Values.keda.maxReplicas }}
{{- else }}{{ ternary .Values.worker.autoscaling.maxReplicas .Values.worker.replicas .Values.worker.autoscaling.enabled | int }}
{{- end }}
{{- end }}

{{/* A quantity of memory in MiB, rounded down. Go's parser of floats reads what is before the unit. */}}
{{- define "ep.mebibytes" -}}
{{- $text := toString . }}
{{- $number := regexFind "^[0-9.]+" $text | float64 }}
{{- $unit := regexFind "[A-Za-z]*$" $text }}
{{- $bytes := get (dict "" 1.0 "k" 1e3 "M" 1e6 "G" 1e9 "T" 1e12 "Ki" 1024.0 "Mi" 1048576.0 "Gi" 1073741824.0 "Ti" 1099511627776.0) $unit | default 1.0 }}
{{- divf (mulf $number $bytes) 1048576.0 | floor | int64 }}
{{- end }}

{{/* services/worker/src/config/memory-need.ts: what the most and largest jobs at once take. */}}
{{- define "ep.validate.memory" -}}
{{- with dig "limits" "memory" "" .Values.worker.resources }}
{{- $jobs := $.Values.worker.config.CONCURRENCY | default 200 | int }}
{{- $writers := $.Values.worker.config.WRITERS | default 2 | int }}
{{- $needed := ceil (addf 140.0 (mulf 0.5 $jobs) (mulf 25.0 $writers)) | int64 }}
{{- $limit := include "ep.mebibytes" . | int64 }}
{{- if gt $needed $limit }}
{{- fail (printf "\n\nworker.resources.limits.memory is %s, but with CONCURRENCY %d and WRITERS %d a worker may need %d MiB:\n  140 + 0.5 × worker.config.CONCURRENCY + 25 × worker.config.WRITERS\nRaise the limit to %dMi, or lower one of the two." . $jobs $writers $needed $needed) }}
{{- end }}
{{- end }}
{{- end }}

{{- define "ep.validate.connections" -}}
{{- $api := .Values.api }}
{{- $apiPods := add (include "ep.api.maxReplicas" . | int) (int $api.maxSurge) }}
{{- $perApi := add (int $api.config.QUERY_CONNECTIONS) (int $api.config.DIRECT_WRITERS) }}
{{- $workerPods := add (include "ep.worker.maxReplicas" . | int) (int .Values.worker.maxSurge) }}
{{- $perWorker := add 1 (int .Values.worker.config.WRITERS) }}
{{- $reserve := int .Values.postgres.reserve }}
{{- /* services/maintainer/src/config/connections-per-shard.ts. */}}
{{- $maintainer := 3 }}
{{- $needed := add (mul $apiPods $perApi) (mul $workerPods $perWorker) $maintainer 1 $reserve }}
{{- $limit := int .Values.postgres.maxConnections }}
{{- if gt $needed (int64 $limit) }}
{{- fail (printf "\n\nAt full scale the pods need %d connections, but PostgreSQL allows %d (postgres.maxConnections):\n  api     %d pods × %d (api.config.QUERY_CONNECTIONS + DIRECT_WRITERS)\n  worker  %d pods × %d (worker.config.WRITERS + 1)\n  %d for the maintainer, 1 for the migration, and %d in postgres.reserve.\nLower the greatest numbers of pods or the pools, put a pooler in between, or raise max_connections and postgres.maxConnections with it." $needed $limit $apiPods $perApi $workerPods $perWorker $maintainer $reserve) }}
{{- end }}
{{- end }}
