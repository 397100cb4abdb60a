#!/bin/sh
# build.sh [--version VERSION] [--fast] [deb|rpm]...
#
# Makes the packages halfsecond-collector and halfsecond in target/packages, from the distributions that the package phase
# has left in target/, each with a Java of its own. Packages are for the kind of machine that this runs on.
#
#   --version VERSION  of the packages; else that of the project, and for a snapshot with the time of the newest commit
#   --fast             compress hardly at all, for tests
#
# Two runs with the same SOURCE_DATE_EPOCH give the same bytes; it is the time of the newest commit unless set.
set -eu

here=$(cd "$(dirname "$0")" && pwd -P)
deploy=$(dirname "$here")
out=$deploy/target/packages
version=
fast=
formats=

fail() {
  echo "build.sh: $*" >&2
  exit 1
}

while [ $# -gt 0 ]; do
  case $1 in
    --version)
      version=${2:-}
      shift
      ;;
    --fast) fast=yes ;;
    deb | rpm) formats="$formats $1" ;;
    *) fail "usage: build.sh [--version VERSION] [--fast] [deb|rpm]..." ;;
  esac
  shift
done
[ -n "$formats" ] || formats="deb rpm"

case $(uname -m) in
  x86_64) natives='linux/amd64/|Linux/x86_64/|librocksdbjni-linux64\.so$' ;;
  aarch64) natives='linux/aarch64/|Linux/aarch64/|librocksdbjni-linux-aarch64\.so$' ;;
  *) fail "no packages for $(uname -m)" ;;
esac

if [ -z "${SOURCE_DATE_EPOCH:-}" ]; then
  SOURCE_DATE_EPOCH=$(git -C "$deploy" log -1 --format=%ct 2>/dev/null || stat -c %Y "$deploy/../CHANGELOG.md")
fi
export SOURCE_DATE_EPOCH
# Not those of a person: reproducible, and readable by every account.
umask 022
LC_ALL=C.UTF-8 TZ=UTC
export LC_ALL TZ

if [ -z "$version" ]; then
  jar=$(echo "$deploy"/target/halfsecond/lib/halfsecond-deploy-*.jar)
  version=${jar##*/halfsecond-deploy-}
  version=${version%.jar}
  [ "$version" != '*' ] || fail "no distribution in $deploy/target: run make package"
  # ~ comes before everything: the release is newer than each of its snapshots.
  version=$(echo "$version" | sed "s/-SNAPSHOT/~$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y%m%d%H%M%S)/")
fi

# Removes the machine code of other systems from the jars.
drop_foreign_natives() { # DIRECTORY
  for jar in "$1"/*.jar; do
    foreign=$(unzip -Z1 "$jar" | grep -E '\.(so|dll|dylib|jnilib)$' | grep -Ev "(^|/)($natives)" || true)
    [ -n "$foreign" ] || continue
    touch -r "$jar" "$out/time"
    # -X: no times of access of this machine.
    printf '%s\n' "$foreign" | zip -q -X -d "$jar" -@ || fail "$jar: its foreign libraries cannot be removed"
    touch -r "$out/time" "$jar"
  done
}

# A Java of the modules that are needed, without an archive of classes: RATIONALE.md says why.
link_java() { # DIRECTORY MODULES
  "$jdk/bin/jlink" --output "$1" --compress zip-9 --strip-java-debug-attributes --no-header-files --no-man-pages \
    --add-modules "$2"
  rm -f "$1/bin/keytool" "$1/bin/jwebserver" "$1/bin/jrunscript" "$1/lib/classlist" "$1/lib/jrt-fs.jar"
  find "$1" -type f \( -name '*.so' -o -path '*/bin/*' -o -name jexec -o -name jspawnhelper \) -exec strip --strip-unneeded {} +
  find "$1" -name '*.so' -exec chmod 755 {} + # as rpm expects; debhelper sets what Debian does
  find "$1" -type f -perm /111 -exec chmod 755 {} +
  find "$1" -type f ! -perm /111 -exec chmod 644 {} +
}

# What a package installs, but for what its format puts in place.
stage() { # PACKAGE DISTRIBUTION MODULES
  root=$out/root/$1
  home=$root/usr/lib/$1
  mkdir -p "$home" "$root/etc/halfsecond"
  cp -R --preserve=mode,timestamps "$deploy/target/$2/bin" "$deploy/target/$2/lib" "$home/"
  rm -f "$home/lib/collect.aot"
  drop_foreign_natives "$home/lib"
  link_java "$home/runtime" "$3"
}

java_for_collect=java.base,java.logging,java.management,java.naming,java.security.jgss,java.security.sasl,jdk.crypto.ec,jdk.httpserver,jdk.management,jdk.security.auth,jdk.security.jgss,jdk.unsupported
# java.sql is named by the broker's classes, jdk.net by Kafka's, jdk.zipfs by the launcher of single files.
java_for_all=$java_for_collect,java.net.http,java.sql,jdk.net

# The command of a package, with its completion and its pages of the manual.
stage_command() { # PACKAGE
  root=$out/root/$1
  mkdir -p "$root/usr/bin" "$root/usr/share/bash-completion/completions" "$root/usr/share/man/man1"
  ln -s "../lib/$1/bin/halfsecond" "$root/usr/bin/$1"
  # It is read, not run: without the line that names the shell.
  sed '1{/^#!/d}' "$out/manual/$1.bash" >"$root/usr/share/bash-completion/completions/$1"
  cp "$out/manual/$1.1" "$out/manual/$1"-*.1 "$root/usr/share/man/man1/"
}

stage_all() {
  jdk=$("$deploy/find-jdk.sh")
  rm -rf "$out/root"
  mkdir -p "$out/root"
  stage halfsecond-collector halfsecond-collector "$java_for_collect"
  cp "$deploy/target/halfsecond/config/halfsecond.yaml" "$out/root/halfsecond-collector/etc/halfsecond/collector.yaml"
  cp "$here/collector.env" "$out/root/halfsecond-collector/etc/halfsecond/"

  stage halfsecond halfsecond "$java_for_all"
  cp "$deploy/target/halfsecond/config/halfsecond.yaml" "$here/topology.env" "$here/push.env" \
    "$out/root/halfsecond/etc/halfsecond/"

  rm -rf "$out/manual"
  "$jdk/bin/java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "$deploy/target/halfsecond/lib/*" \
    "$deploy/src/packages/Manual.java" "$out/manual" "$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%d)"
  stage_command halfsecond-collector
  rm "$out/manual/halfsecond-collector.bash" "$out"/manual/halfsecond-collector.1 "$out"/manual/halfsecond-collector-*.1
  stage_command halfsecond
  find "$out/root" -newermt "@$SOURCE_DATE_EPOCH" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
}

make_deb() {
  work=$out/deb
  rm -rf "$work"
  mkdir -p "$work"
  cp -R "$here/debian" "$work/debian"
  cp "$deploy/systemd/halfsecond-collector.service" "$work/debian/halfsecond-collector.service"
  for service in topology push; do
    cp "$deploy/systemd/halfsecond-$service.service" "$work/debian/halfsecond.halfsecond-$service.service"
  done
  sed "s/@VERSION@/$version/; s/@DATE@/$(date -u -R -d "@$SOURCE_DATE_EPOCH")/" "$here/debian/changelog" >"$work/debian/changelog"
  # dpkg-buildpackage would ask for a source package; the distribution was built by Maven.
  (cd "$work" && HALFSECOND_ROOT=$out/root HALFSECOND_COMPRESSION="${fast:+-Znone}" \
    debian/rules binary >"$out/deb.log" 2>&1) || { tail -n 30 "$out/deb.log" >&2; fail "the deb packages were not built"; }
  rm -rf "$work"
}

make_rpm() {
  payload=${fast:+w.ufdio}
  payload=${payload:-w9.zstdio}
  rpmbuild -bb --quiet --target "$(uname -m)-linux" \
    --define "_topdir $out/rpm" --define "_rpmdir $out" --define '_rpmfilename %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm' \
    --define "_binary_payload $payload" \
    --define "halfsecond_version $version" --define "halfsecond_root $out/root" --define "halfsecond_units $deploy/systemd" \
    --define "halfsecond_date $(date -u -d "@$SOURCE_DATE_EPOCH" "+%a %b %d %Y")" \
    --define "halfsecond_license $deploy/../LICENSE" "$here/halfsecond.spec" >"$out/rpm.log" 2>&1 ||
    { tail -n 30 "$out/rpm.log" >&2; fail "the rpm packages were not built"; }
  rm -rf "$out/rpm"
}

mkdir -p "$out"
touch "$out/.begun"
# One staging for both formats and every version of a build: jlink and the jars are most of the time.
staged=$(stat -c %Y "$out/root/.staged" 2>/dev/null || echo 0)
built=$(stat -c %Y "$deploy/target/halfsecond/lib" "$deploy/target/halfsecond-collector/lib" "$0" "$here"/*.env | sort -n | tail -n 1)
if [ "$staged" -le "$built" ]; then
  stage_all
  touch "$out/root/.staged"
fi
for format in $formats; do
  "make_$format"
done
find "$out" -maxdepth 1 \( -name '*.deb' -o -name '*.rpm' \) -newer "$out/.begun" | LC_ALL=C sort
