#!/bin/sh
# Builds a container image from what is on this machine, without a registry:
#
#   build-image.sh kafka      -> halfsecond/kafka:<version of the Kafka jars>
#   build-image.sh halfsecond -> halfsecond/halfsecond:<version>
#   build-image.sh collector  -> halfsecond/collector:<version>
#
# Variables:
#   DISTRIBUTION  the distribution, if not target/halfsecond or target/halfsecond-collector
#   BASE          the base image. Default: scratch, and the image gets a static busybox, bash, journalctl and the shared
#                 libraries that these and Java need
#   DOCKER        the client, if not docker
# The label io.halfsecond.content holds a hash of everything that goes in: an image that has it is kept as it is.
# Prints the image's name.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
deploy=$(dirname "$here")
docker=${DOCKER:-docker}
base=${BASE:-scratch}

fail() {
  echo "build-image.sh: $*" >&2
  exit 1
}

kind=${1:-}
case "$kind" in
  kafka | halfsecond) distribution=${DISTRIBUTION:-$deploy/target/halfsecond} ;;
  collector) distribution=${DISTRIBUTION:-$deploy/target/halfsecond-collector} ;;
  *) fail "usage: build-image.sh kafka|halfsecond|collector" ;;
esac
lib=$distribution/lib

[ -d "$lib" ] || fail "no jars at $lib: run 'make package' first, or set DISTRIBUTION"
[ "$kind" != collector ] || [ -x "$distribution/runtime/bin/java" ] ||
  fail "no Java at $distribution/runtime: run 'make collector' first, or set DISTRIBUTION"
jdk=$("$deploy/find-jdk.sh")

# Programs of this machine, for an image without a base.
programs=
if [ "$base" = scratch ]; then
  busybox=$(command -v busybox) || fail "busybox is missing (Debian package busybox-static)"
  if ldd "$busybox" >/dev/null 2>&1; then
    fail "$busybox is not static (Debian package busybox-static)"
  fi
  bash=$(command -v bash) || fail "bash is missing"
  programs="$busybox $bash"
  if [ "$kind" = collector ]; then
    journalctl=$(command -v journalctl) || fail "journalctl is missing (Debian package systemd)"
    programs="$programs $journalctl"
  fi
fi

jars() {
  case "$kind" in
    # Only what the broker runs: RocksDB alone is 73 MB, and log4j-core would be a second logging binding.
    kafka) find "$lib" -name '*.jar' ! -name 'halfsecond-*' ! -name 'rocksdbjni-*' ! -name 'log4j-core-*' ;;
    *) find "$lib" -name '*.jar' ;;
  esac | LC_ALL=C sort
}

version_of() {
  find "$lib" -name "$1-[0-9]*.jar" | sed -n "s|.*/$1-\(.*\)\.jar|\1|p" | head -n 1
}

case "$kind" in
  kafka) version=$(version_of kafka-server) ;;
  *) version=$(version_of halfsecond-schemas) ;;
esac
[ -n "$version" ] || fail "$lib does not hold the jars of $kind"
image=halfsecond/$kind:$version

own_files() {
  case "$kind" in
    kafka) find "$here/kafka" -type f ;;
    halfsecond) find "$distribution/bin" -type f ;;
    # Its jars have the times that the cache was made with.
    collector) find "$distribution/bin" "$distribution/runtime/release" "$lib/collect.aot" -type f ;;
  esac | LC_ALL=C sort
}

content=$({
  # shellcheck disable=SC2086 # a list of programs
  cat "$0" "$here/Dockerfile" "$here/healthy" "$jdk/release" $programs
  echo "$base"
  jars | tr '\n' '\0' | xargs -0 sha256sum | sed 's|/.*/||'
  own_files | tr '\n' '\0' | xargs -0 cat
} | sha256sum | cut -d' ' -f1)
present=$($docker image inspect --format '{{ index .Config.Labels "io.halfsecond.content" }}' "$image" 2>/dev/null || true)
if [ "$present" = "$content" ]; then
  echo "$image"
  exit 0
fi

context=$(mktemp -d)
trap 'rm -rf "$context"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
root=$context/root

mkdir -p "$root/etc" "$root/opt" "$root/usr/local/bin" "$context/state"
cp "$here/healthy" "$root/usr/local/bin/healthy"
if [ "$base" = scratch ]; then
  mkdir -p "$root/bin" "$root/tmp"
  chmod 1777 "$root/tmp"
  ln -s ../bin "$root/usr/bin"
  ln -s ../bin "$root/usr/sbin"
  echo "root:x:0:0::/:/bin/sh
$kind:x:65532:65532::/var/lib/$kind:/bin/sh" >"$root/etc/passwd"
  echo "root:x:0:
$kind:x:65532:" >"$root/etc/group"
  cp "$busybox" "$root/bin/busybox"
  "$busybox" --list | while read -r applet; do
    [ "$applet" = busybox ] || ln -sf busybox "$root/bin/$applet"
  done
  # shellcheck disable=SC2086 # a list of programs
  cp $programs "$root/bin/"
fi

case "$kind" in
  kafka | halfsecond)
    # jdk.management: the JVM's own metrics. java.naming, java.sql, java.security.*: named by Kafka's classes. Both images
    # have the same runtime, which is kept until the JDK is another one.
    runtime=$deploy/target/image-runtime
    if ! cmp -s "$jdk/release" "$runtime/jdk-release"; then
      rm -rf "$runtime"
      mkdir -p "$runtime"
      "$jdk/bin/jlink" --output "$runtime/java" --strip-debug --no-header-files --no-man-pages --compress zip-1 \
        --add-modules java.base,java.logging,java.management,java.naming,java.net.http,java.security.jgss,\
java.security.sasl,java.sql,java.xml,jdk.httpserver,jdk.management,jdk.net,jdk.security.auth,jdk.unsupported,\
jdk.zipfs
      cp "$jdk/release" "$runtime/jdk-release"
    fi
    cp -R "$runtime/java" "$root/opt/java"
    ;;
esac
case "$kind" in
  kafka)
    mkdir -p "$root/opt/kafka/libs" "$root/opt/kafka/config" "$root/etc/kafka/docker"
    jars | while read -r jar; do cp "$jar" "$root/opt/kafka/libs/"; done
    cp "$here/kafka/logback.xml" "$root/opt/kafka/config/logback.xml"
    cp "$here/kafka/run" "$root/etc/kafka/docker/run"
    chmod 755 "$root/etc/kafka/docker/run"
    ;;
  # With the times of the files: Java refuses the AOT cache otherwise.
  *) cp -R --preserve=mode,timestamps "$distribution" "$root/opt/halfsecond" ;;
esac

# The loader keeps its absolute path; the libraries go where every loader looks.
libraries() {
  # shellcheck disable=SC2086 # a list of programs
  find "$root/opt" -type f \( -path '*/bin/java' -o -name 'lib*.so' \) -print0 | xargs -0 ldd $programs 2>/dev/null |
    sed -n 's/.*=> \(\/[^ ]*\) .*/\1/p; s/^[[:space:]]*\(\/[^ ]*ld-[^ ]*\) .*/\1/p'
  # What JNI libraries in jars (zstd, snappy, RocksDB) ask for beyond that, and what programs open by name.
  ldconfig -p 2>/dev/null | sed -n 's/.*lib\(stdc++\|gcc_s\|zstd\|lzma\|lz4\|gcrypt\)\.so\.[0-9]* .*=> \(.*\)/\2/p'
}
PATH=$PATH:/sbin:/usr/sbin
if [ "$base" = scratch ]; then
  libraries | LC_ALL=C sort -u | while read -r library; do
    case "$library" in
      "$root"/*) ;;
      *)
        mkdir -p "$root$(dirname "$library")"
        cp -L "$library" "$root$library"
        ;;
    esac
  done
fi

$docker build --quiet --file "$here/Dockerfile" --target "$kind" --build-arg "BASE=$base" --build-arg "VERSION=$version" \
  --label "io.halfsecond.content=$content" --tag "$image" "$context" >/dev/null
echo "$image"
