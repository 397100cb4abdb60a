{{- define "halfsecond.name" -}}
{{- if contains "halfsecond" .Release.Name }}{{ .Release.Name }}{{ else }}{{ .Release.Name }}-halfsecond{{ end -}}
{{- end }}

{{/* Labels that never change: {root, component}. */}}
{{- define "halfsecond.selector" -}}
app.kubernetes.io/name: halfsecond
app.kubernetes.io/instance: {{ .root.Release.Name | quote }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "halfsecond.labels" -}}
{{ include "halfsecond.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service | quote }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | quote }}
{{- end }}

{{- define "halfsecond.image" -}}
{{ .image.repository }}:{{ .image.tag | default .root.Chart.AppVersion }}
{{- end }}

{{- define "halfsecond.prefix" -}}
{{ get .Values.config.topics "prefix" | default "ssh." }}
{{- end }}

{{- define "halfsecond.applicationId" -}}
{{ get .Values.config.stream "application-id" | default "halfsecond" }}
{{- end }}

{{/* A value as text: Helm's numbers are floating-point numbers, and 31536000000 would be 3.1536e+10. */}}
{{- define "halfsecond.text" -}}
{{ if kindIs "float64" . }}{{ printf "%.0f" . | quote }}{{ else }}{{ . | toString | quote }}{{ end }}
{{- end }}

{{- define "halfsecond.bootstrapServers" -}}
{{- if .Values.kafka.bootstrapServers -}}
{{ .Values.kafka.bootstrapServers }}
{{- else if .Values.strimzi.cluster -}}
{{ .Values.strimzi.cluster }}-kafka-bootstrap:9093
{{- else -}}
{{ fail "set kafka.bootstrapServers, such as kafka-1:9092, or strimzi.cluster" }}
{{- end -}}
{{- end }}

{{/* The settings of Kafka's clients: those of Strimzi's users and the user's own, which override them. */}}
{{- define "halfsecond.kafkaSettings" -}}
{{- $settings := dict }}
{{- if .Values.strimzi.cluster }}
{{- $_ := set $settings "security.protocol" "SSL" }}
{{- $_ := set $settings "ssl.truststore.type" "PEM" }}
{{- $_ := set $settings "ssl.truststore.location" "/run/secrets/halfsecond/ca/ca.crt" }}
{{- if .Values.strimzi.users.enabled }}
{{- if eq .Values.strimzi.users.authentication "tls" }}
{{- $_ := set $settings "ssl.keystore.type" "PKCS12" }}
{{- $_ := set $settings "ssl.keystore.location" "/run/secrets/halfsecond/kafka/user.p12" }}
{{- $_ := set $settings "ssl.keystore.password-file" "/run/secrets/halfsecond/kafka/user.password" }}
{{- else }}
{{- $_ := set $settings "security.protocol" "SASL_SSL" }}
{{- $_ := set $settings "sasl.mechanism" "SCRAM-SHA-512" }}
{{- $_ := set $settings "sasl.jaas.config-file" "/run/secrets/halfsecond/kafka/sasl.jaas.config" }}
{{- end }}
{{- end }}
{{- end }}
{{- mergeOverwrite $settings .Values.kafka.settings | toYaml }}
{{- end }}

{{- define "halfsecond.kafkaSecret" -}}
{{- if .secret }}{{ .secret }}
{{- else if and .root.Values.strimzi.cluster .root.Values.strimzi.users.enabled }}{{ include "halfsecond.name" .root }}-{{ .role }}
{{- end -}}
{{- end }}

{{- define "halfsecond.caSecret" -}}
{{- if .Values.kafka.caSecret }}{{ .Values.kafka.caSecret }}
{{- else if .Values.strimzi.cluster }}{{ .Values.strimzi.cluster }}-cluster-ca-cert
{{- end -}}
{{- end }}

{{/* halfsecond.yaml: {root, sections, own}, where own overrides. Every value is quoted: off and 0400 are other values in YAML. */}}
{{- define "halfsecond.config" -}}
{{- $root := .root -}}
kafka:
  bootstrap.servers: {{ include "halfsecond.bootstrapServers" $root | quote }}
  {{- range $name, $value := include "halfsecond.kafkaSettings" $root | fromYaml }}
  {{ $name }}: {{ include "halfsecond.text" $value }}
  {{- end }}
{{- range $section := .sections }}
{{- $settings := mergeOverwrite (dict) (get $root.Values.config $section | default dict) (get $.own $section | default dict) }}
{{- if $settings }}
{{ $section }}:
  {{- range $name, $value := $settings }}
  {{ $name }}: {{ include "halfsecond.text" $value }}
  {{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* The product takes files in this directory for the service's own, whatever group the kubelet gives them. */}}
{{- define "halfsecond.environment" -}}
- name: HALFSECOND_CONFIG
  value: /etc/halfsecond/halfsecond.yaml
- name: CREDENTIALS_DIRECTORY
  value: /run/secrets/halfsecond
{{- end }}

{{/* The settings of the schema registry. */}}
{{- define "halfsecond.registry" -}}
{{- $settings := dict }}
{{- if .Values.schemaRegistry.url }}
{{- $_ := set $settings "registry.url" .Values.schemaRegistry.url }}
{{- if .Values.schemaRegistry.userSecret }}
{{- $_ := set $settings "registry.user-file" "/run/secrets/halfsecond/registry/registry.user" }}
{{- end }}
{{- else if .Values.schemaRegistry.userSecret }}
{{- fail "schemaRegistry.userSecret needs schemaRegistry.url" }}
{{- end }}
{{- toYaml $settings }}
{{- end }}

{{- define "halfsecond.registryMount" -}}
{{- if .Values.schemaRegistry.userSecret }}
- name: registry
  mountPath: /run/secrets/halfsecond/registry
  readOnly: true
{{- end }}
{{- end }}

{{- define "halfsecond.registryVolume" -}}
{{- with .Values.schemaRegistry.userSecret }}
- name: registry
  secret: {secretName: {{ . | quote }}, defaultMode: 0400}
{{- end }}
{{- end }}

{{/* The addresses of Alertmanager, as a list. */}}
{{- define "halfsecond.alertmanagers" -}}
{{- $urls := list }}
{{- range splitList "," (get .Values.config.push "alertmanager" | default "") }}
{{- with trim . }}{{ $urls = append $urls . }}{{ end }}
{{- end }}
{{- toJson $urls }}
{{- end }}

{{/* The port of a URL. */}}
{{- define "halfsecond.port" -}}
{{- $url := urlParse . }}
{{- regexFind ":[0-9]+$" $url.host | trimPrefix ":" | default (ternary "443" "80" (eq $url.scheme "https")) }}
{{- end }}

{{/* What every pod may reach: names, Kafka and the schema registry. */}}
{{- define "halfsecond.egress" -}}
- ports:
    - {protocol: UDP, port: 53}
    - {protocol: TCP, port: 53}
- ports:
    {{- range .Values.networkPolicy.kafkaPorts }}
    - {protocol: TCP, port: {{ int . }}}
    {{- end }}
{{- with .Values.schemaRegistry.url }}
- ports:
    - {protocol: TCP, port: {{ include "halfsecond.port" . }}}
{{- end }}
{{- end }}

{{/* Mounts of configuration and Kafka's secrets: {root, role, secret}. */}}
{{- define "halfsecond.mounts" -}}
- name: config
  mountPath: /etc/halfsecond
  readOnly: true
- name: tmp
  mountPath: /tmp
{{- if include "halfsecond.kafkaSecret" . }}
- name: kafka
  mountPath: /run/secrets/halfsecond/kafka
  readOnly: true
{{- end }}
{{- if include "halfsecond.caSecret" .root }}
- name: ca
  mountPath: /run/secrets/halfsecond/ca
  readOnly: true
{{- end }}
{{- end }}

{{- define "halfsecond.volumes" -}}
- name: config
  configMap:
    name: {{ include "halfsecond.name" .root }}-{{ .config }}
- name: tmp
  emptyDir: {sizeLimit: 64Mi}
{{- with include "halfsecond.kafkaSecret" . }}
- name: kafka
  secret: {secretName: {{ . | quote }}, defaultMode: 0400}
{{- end }}
{{- with include "halfsecond.caSecret" .root }}
- name: ca
  secret:
    secretName: {{ . | quote }}
    items: [{key: ca.crt, path: ca.crt}]
{{- end }}
{{- end }}

{{- define "halfsecond.restrictedPod" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
fsGroupChangePolicy: OnRootMismatch
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "halfsecond.restrictedContainer" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}

{{/* Half of the memory limit, in megabytes. */}}
{{- define "halfsecond.heap" -}}
{{- $limit := .Values.topology.resources.limits.memory | toString -}}
{{- if .Values.topology.heapMegabytes -}}
{{ int .Values.topology.heapMegabytes }}
{{- else if regexMatch "^[0-9]+Gi$" $limit -}}
{{ div (mul (trimSuffix "Gi" $limit | int) 1024) 2 }}
{{- else if regexMatch "^[0-9]+Mi$" $limit -}}
{{ div (trimSuffix "Mi" $limit | int) 2 }}
{{- else -}}
{{ fail (printf "topology.resources.limits.memory is %q: give whole Mi or Gi, or set topology.heapMegabytes" $limit) }}
{{- end -}}
{{- end }}

{{- define "halfsecond.pullSecrets" -}}
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . | quote }}
  {{- end }}
{{- end }}
{{- end }}
