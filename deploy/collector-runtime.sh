#!/bin/sh
# collector-runtime.sh [DIRECTORY]
#
# Gives the collector's distribution its own Java: a runtime of the modules that it needs, and an AOT cache of the classes
# that it loads, which a training run records. Packages take the directory as it is; the cache is refused if a jar is
# touched or another Java runs it.
set -eu

here=$(cd "$(dirname "$0")" && pwd -P)
home=${1:-$here/target/halfsecond-collector}
full=$here/target/halfsecond
jdk=$("$here/find-jdk.sh")
work=$(mktemp -d)
broker=
collector=
clean_up() {
  [ -z "$collector" ] || kill "$collector" 2>/dev/null || true
  [ -z "$broker" ] || kill "$broker" 2>/dev/null || true
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

failed() {
  cat "$1" >&2
  echo "collector-runtime.sh: $2" >&2
  exit 1
}

# Kafka's clients need java.management and java.security.sasl, logback java.naming; what it has for java.xml reads
# configuration, of which there is none. jdk.management is for the
# metrics of the process; jdk.crypto.ec, the modules of jgss and jdk.security.auth are for TLS and Kerberos to Kafka. The
# certificates that it trusts are those of the JDK, which may be those of this machine.
rm -rf "$home/runtime" "$home/lib/collect.aot"
"$jdk/bin/jlink" --output "$home/runtime" --compress zip-0 --strip-java-debug-attributes --no-header-files --no-man-pages \
  --add-modules java.base,java.logging,java.management,java.naming,java.security.jgss,java.security.sasl,jdk.crypto.ec,jdk.httpserver,jdk.management,jdk.security.auth,jdk.security.jgss,jdk.unsupported

# A broker, so that the classes of an acknowledged record are among those recorded; its output is its address.
mkfifo "$work/address"
"$jdk/bin/java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx256m -cp "$full/lib/*" "$here/src/aot/TrainingBroker.java" \
  "$work/broker" >"$work/address" 2>"$work/broker.log" &
broker=$!
read -r address <"$work/address" || failed "$work/broker.log" "the broker did not start"

: >"$work/auth.log"
: >"$work/empty.yaml"
env -i PATH="$PATH" HALFSECOND_JAVA_OPTS="-XX:AOTCacheOutput=$home/lib/collect.aot -XX:-AOTRecordTraining" \
  "$home/bin/halfsecond" collect --config "$work/empty.yaml" --bootstrap-servers "$address" --set collector.state-directory="$work/state" \
  --set collector.http=127.0.0.1:0 --set collector.log-file="$work/auth.log" >"$work/collector.log" 2>&1 &
collector=$!
# Two heartbeats, a round of the probe if there is an sshd, the inventory and a scrape.
sleep 15
metrics=$(sed -n 's/.*metrics at //p' "$work/collector.log")
[ -z "$metrics" ] || curl --silent --output /dev/null "$metrics" || true
sleep 15
kill "$collector" || failed "$work/collector.log" "the collector has ended"
wait "$collector" || true
collector=
[ -s "$home/lib/collect.aot" ] || failed "$work/collector.log" "no AOT cache was made"
chmod 0444 "$home/lib/collect.aot"
du -sh "$home/runtime" "$home/lib/collect.aot"
