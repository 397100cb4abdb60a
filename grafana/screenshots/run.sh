#!/bin/bash
# A real run behind the pictures: the demo's sshd, library and collector, and beside its host a simulated fleet in which a
# library slows ten hosts. Prometheus scrapes it for a quarter of an hour, with the shipped configuration and rules; then
# every panel and the topology's own page are drawn. Needs what `make demo` needs, Prometheus, Node.js and Chromium.
#
# run.sh DIRECTORY     the pictures go there
set -euo pipefail
cd "$(dirname "$0")/../.."
pictures=$(realpath -m "${1:?run.sh DIRECTORY}")
halfsecond=${HALFSECOND:-deploy/target/halfsecond/bin/halfsecond}
work=$(mktemp -d)
port=${PROMETHEUS_PORT:-19090}
api=http://127.0.0.1:$port
processes=()
finish() {
  ((${#processes[@]} == 0)) || kill "${processes[@]}" 2>/dev/null || true
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT

# Waits for a command to succeed, SECONDS at most.
await() {
  local what=$1 seconds=$2
  shift 2
  for ((i = 0; i < seconds; i += 2)); do
    "$@" >/dev/null 2>&1 && return
    kill -0 "${processes[@]}" 2>/dev/null || break
    sleep 2
  done
  echo "screenshots: waited in vain for $what; the logs are" >&2
  tail -n 15 "$work"/*.log >&2
  exit 1
}

# The port of the demo that serves a metric.
serving() {
  ss -ltnHp | grep "pid=${processes[0]}," | sed -E 's/^\S+ +\S+ +\S+ +\S*:([0-9]+) .*/\1/' | while read -r candidate; do
    ! curl -s -m 3 "http://127.0.0.1:$candidate/metrics" | grep "^$1" >/dev/null || echo "$candidate"
  done
}
is_serving() { [[ -n $(serving "$1") ]]; }

# Whether a query has a result.
holds() { curl -s -G "$api/api/v1/query" --data-urlencode "query=$1" | grep -q '"value":'; }

echo "screenshots: the demo begins"
"$halfsecond" demo --keep --delay-ms 300 >"$work/demo.log" 2>&1 &
processes+=($!)
await "the demo's topology" 120 is_serving halfsecond_hosts
await "the demo's collector" 60 is_serving halfsecond_collector_events_read

mkdir "$work/targets" "$work/rules"
cp deploy/prometheus/rules/*.yml "$work/rules"
sed -e 's/_interval: 15s/_interval: 5s/' -e "s/127.0.0.1:9156/127.0.0.1:$(serving halfsecond_hosts)/" \
  -e "s/127.0.0.1:9090/127.0.0.1:$port/" -e '/^alerting:/,/^$/d' deploy/prometheus/prometheus.yml >"$work/prometheus.yml"
sed "s/127.0.0.1:9155/127.0.0.1:$(serving halfsecond_collector_events_read)/" deploy/prometheus/targets/collectors.yml \
  >"$work/targets/collectors.yml"
prometheus --config.file="$work/prometheus.yml" --storage.tsdb.path="$work/data" --web.listen-address="127.0.0.1:$port" \
  >"$work/prometheus.log" 2>&1 &
processes+=($!)
await "the demo's alerts" 240 grep -q '^  Kafka ' "$work/demo.log"

echo "screenshots: a fleet of 40 hosts joins it"
"$halfsecond" simulate --bootstrap-servers "$(sed -n 's/^  Kafka *//p' "$work/demo.log")" --append --live \
  --hosts 40 --cohorts 2 --name web- --rate 3 --from 90m --set collector.heartbeat=30s \
  --inject slow-library:hosts=25%,at=+95m,delay=300ms --inject creep:hosts=5%,at=+30m,delay=60ms,over=1h \
  >"$work/simulate.log" 2>&1 &
processes+=($!)
await "the fleet's incident" 900 holds 'halfsecond_alert_members >= 3'
sleep 150

slowed=$(curl -s -G "$api/api/v1/query" --data-urlencode 'query=topk(1, count by (host) (halfsecond_alert_info{scope="host",suspect=~".*liblzma.*",host=~"web-.*"}))' |
  sed -n 's/.*"host":"\([^"]*\)".*/\1/p')
node grafana/screenshots/shoot.mjs "$api" "http://127.0.0.1:$(serving halfsecond_hosts)" "$pictures" "$slowed,$(hostname)" "${MINUTES:-15}"
