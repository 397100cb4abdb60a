#!/bin/sh
# Builds a container image from what is on this machine, without a registry and without a base image:
#
#   build-image.sh kafka      -> halfsecond/kafka:<version of the Kafka jars>
#   build-image.sh halfsecond -> halfsecond/halfsecond:<version>
#
# The image holds a jlink runtime, a static busybox, bash, the shared libraries that these need, and the jars of the
# distribution (target/halfsecond, or the directory named by DISTRIBUTION). DOCKER names the client, if not docker.
# The label io.halfsecond.content holds a hash of everything that goes in: an image that has it is kept as it is.
# Prints the image's name.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
deploy=$(dirname "$here")
distribution=${DISTRIBUTION:-$deploy/target/halfsecond}
lib=$distribution/lib
docker=${DOCKER:-docker}

fail() {
  echo "build-image.sh: $*" >&2
  exit 1
}

kind=${1:-}
case "$kind" in
  kafka | halfsecond) ;;
  *) fail "usage: build-image.sh kafka|halfsecond" ;;
esac

[ -d "$lib" ] || fail "no jars at $lib: run 'make package' first, or set DISTRIBUTION"
jdk=$("$deploy/find-jdk.sh")
busybox=$(command -v busybox) || fail "busybox is missing (Debian package busybox-static)"
bash=$(command -v bash) || fail "bash is missing"
if ldd "$busybox" >/dev/null 2>&1; then
  fail "$busybox is not static (Debian package busybox-static)"
fi

jars() {
  case "$kind" in
    # Only what the broker runs: RocksDB alone is 73 MB, and log4j-core would be a second logging binding.
    kafka) find "$lib" -name '*.jar' ! -name 'halfsecond-*' ! -name 'rocksdbjni-*' ! -name 'log4j-core-*' ;;
    halfsecond) find "$lib" -name '*.jar' ;;
  esac | LC_ALL=C sort
}

version_of() {
  find "$lib" -name "$1-[0-9]*.jar" | sed -n "s|.*/$1-\(.*\)\.jar|\1|p" | head -n 1
}

case "$kind" in
  kafka) version=$(version_of kafka-server) ;;
  halfsecond) version=$(version_of halfsecond-streams) ;;
esac
[ -n "$version" ] || fail "$lib does not hold the jars of $kind"
image=halfsecond/$kind:$version

own_files() {
  case "$kind" in
    kafka) find "$here/kafka" -type f ;;
    halfsecond) find "$distribution/bin" -type f ;;
  esac | LC_ALL=C sort
}

content=$({
  cat "$0" "$jdk/release" "$busybox" "$bash"
  jars | tr '\n' '\0' | xargs -0 sha256sum | sed 's|/.*/||'
  own_files | tr '\n' '\0' | xargs -0 cat
} | sha256sum | cut -d' ' -f1)
present=$($docker image inspect --format '{{ index .Config.Labels "io.halfsecond.content" }}' "$image" 2>/dev/null || true)
if [ "$present" = "$content" ]; then
  echo "$image"
  exit 0
fi

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

mkdir -p "$root/bin" "$root/usr" "$root/etc" "$root/tmp" "$root/var/lib/$kind" "$root/opt/$kind"
chmod 1777 "$root/tmp"
chown 65532:65532 "$root/var/lib/$kind" 2>/dev/null || chmod 777 "$root/var/lib/$kind"
ln -s ../bin "$root/usr/bin"
echo "root:x:0:0::/:/bin/sh
$kind:x:65532:65532::/var/lib/$kind:/bin/sh" >"$root/etc/passwd"
echo "root:x:0:
$kind:x:65532:" >"$root/etc/group"

cp "$busybox" "$root/bin/busybox"
"$busybox" --list | while read -r applet; do
  [ "$applet" = busybox ] || ln -sf busybox "$root/bin/$applet"
done
cp "$bash" "$root/bin/bash"

# jdk.management: the JVM's own metrics. java.naming, java.sql, java.security.*: named by Kafka's classes.
"$jdk/bin/jlink" --output "$root/opt/java" --strip-debug --no-header-files --no-man-pages --compress zip-1 \
  --add-modules java.base,java.logging,java.management,java.naming,java.net.http,java.security.jgss,\
java.security.sasl,java.sql,java.xml,jdk.httpserver,jdk.management,jdk.net,jdk.security.auth,jdk.unsupported,\
jdk.zipfs

# The loader keeps its absolute path; the libraries go where every loader looks.
libraries() {
  ldd "$bash" "$root/opt/java/bin/java" "$root/opt/java/lib/server/libjvm.so" "$root"/opt/java/lib/lib*.so |
    sed -n 's/.*=> \(\/[^ ]*\) .*/\1/p; s/^[[:space:]]*\(\/[^ ]*ld-[^ ]*\) .*/\1/p'
  # What JNI libraries in jars (zstd, snappy, RocksDB) ask for beyond that.
  ldconfig -p 2>/dev/null | sed -n 's/.*lib\(stdc++\|gcc_s\)\.so\.[0-9]* .*=> \(.*\)/\2/p' | head -n 4
}
PATH=$PATH:/sbin:/usr/sbin
libraries | LC_ALL=C sort -u | while read -r library; do
  case "$library" in
    "$root"/*) ;;
    *)
      mkdir -p "$root$(dirname "$library")"
      cp -L "$library" "$root$library"
      ;;
  esac
done

case "$kind" in
  kafka)
    mkdir -p "$root/opt/kafka/libs" "$root/opt/kafka/config" "$root/etc/kafka/docker"
    jars | while read -r jar; do cp "$jar" "$root/opt/kafka/libs/"; done
    cp "$here/kafka/logback.xml" "$root/opt/kafka/config/logback.xml"
    cp "$here/kafka/run" "$root/etc/kafka/docker/run"
    chmod 755 "$root/etc/kafka/docker/run"
    entry='CMD ["/etc/kafka/docker/run"]'
    ;;
  halfsecond)
    cp -R "$distribution/." "$root/opt/halfsecond/"
    entry='ENTRYPOINT ["/opt/halfsecond/bin/halfsecond"]'
    ;;
esac

tar -C "$root" -cf - . | $docker import \
  --change "LABEL io.halfsecond.content=$content" \
  --change 'ENV PATH=/opt/java/bin:/bin JAVA_HOME=/opt/java LANG=C.UTF-8' \
  --change "USER $kind" --change "WORKDIR /var/lib/$kind" --change "$entry" \
  - "$image" >/dev/null
echo "$image"
