#!/bin/sh
# fuzz.sh RUNS [TARGET...]
#
# Fuzzes the decoders with Jazzer: every class *FuzzTest, or those whose name contains a TARGET, one after the other, with
# RUNS generated inputs each. Maven's profile `fuzz` must have compiled the tests. A line per target says what came of it,
# and target/fuzz/TARGET/ has the output, the inputs found (corpus/) and, after a finding, the input that caused it.
# Status 1: there were findings.
#
# FUZZ_SECONDS ends a target early. The heap is small, so that a decoder that trusts a length is found out.
set -u
cd "$(dirname "$0")/.."
root=$PWD
runs=${1:?usage: fuzz.sh RUNS [TARGET...]}
shift
java=$(deploy/find-jdk.sh)/bin/java || exit 2

# The longest input, in bytes. Most lines and records are shorter than 4 KiB.
longest() {
  case $1 in
    ElfReader | JournalExport | LogReplay | KernelMessages | Replay | Recording) echo 65536 ;;
    *) echo 4096 ;;
  esac
}

wanted() { # wanted NAME TARGET...
  name=$1
  shift
  [ $# -gt 0 ] || return 0
  for target in "$@"; do
    case $name in *"$target"*) return 0 ;; esac
  done
  return 1
}

# fuzz FILE: runs the target of a source file, and prints its line.
fuzz() {
  module=${1%%/*}
  class=$(echo "${1#*/src/test/java/}" | sed 's|/|.|g; s|\.java$||')
  method=$(sed -n '/@FuzzTest/,/(/ s/^ *void \([a-z_0-9]*\)(.*/\1/p' "$1")
  name=$(basename "$1" FuzzTest.java)
  out=$root/target/fuzz/$name
  seeds=$root/$module/src/test/resources/$(echo "$class" | tr . /)Inputs/$method
  [ -d "$seeds" ] || seeds=
  rm -rf "$out"
  mkdir -p "$out/corpus"
  started=$(date +%s)
  (
    cd "$out" && exec nice "$java" -Xmx320m -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED \
      -XX:+EnableDynamicAgentLoading -Dorg.apache.avro.SERIALIZABLE_PACKAGES=io.halfsecond.schemas \
      -cp "$(cat "$root/$module/target/class-path")" com.code_intelligence.jazzer.Jazzer \
      --target_class="$class" --target_method="$method" --instrumentation_includes='io.halfsecond.**' \
      -runs="$runs" ${FUZZ_SECONDS:+-max_total_time="$FUZZ_SECONDS"} -max_len="$(longest "$name")" -timeout=120 \
      -artifact_prefix="$out/" corpus ${seeds:+"$seeds"}
  ) >"$out/output" 2>&1
  status=$?
  seconds=$(($(date +%s) - started))
  inputs=$(sed -n 's/^Done \([0-9]*\) runs.*/\1/p' "$out/output")
  if [ $status -eq 0 ] && [ -n "$inputs" ]; then
    printf '%-24s %10s inputs %6s s  none\n' "$name" "$inputs" "$seconds"
  else
    inputs=$(sed -n 's/^#\([0-9]*\)[[:space:]].*/\1/p' "$out/output" | tail -n 1)
    printf '%-24s %10s inputs %6s s  FINDING: %s\n' "$name" "${inputs:-0}" "$seconds" \
      "$(sed -n '/^== Java Exception/{s/^== Java Exception: //;p;q}; /^ERROR: \|^Exception in /{p;q}; /== ERROR: /{p;q}' "$out/output")"
    return 1
  fi
}

findings=0
targets=0
mkdir -p target/fuzz
for file in $(find -- */src/test/java -name '*FuzzTest.java' | sort); do
  if wanted "$(basename "$file" FuzzTest.java)" "$@"; then
    targets=$((targets + 1))
    fuzz "$file" || findings=$((findings + 1))
  fi
done
if [ "$targets" -eq 0 ]; then
  echo "no fuzz target has a name with any of: $*" >&2
  exit 2
fi
echo "$targets targets, $findings with a finding; details in target/fuzz"
[ "$findings" -eq 0 ]
