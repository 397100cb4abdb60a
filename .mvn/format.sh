#!/bin/sh
# format.sh check|replace CLASSPATH
#
# Maven runs this at validate with google-java-format on the classpath. `check` names the Java sources that are not
# formatted, that have unused or unsorted imports, or that do not parse; the names are also in target/format/found, which
# fails the build. `replace` formats the sources. Sources that have not changed since the last successful check are
# skipped.
set -eu
cd "$(dirname "$0")/.."
action=$1
classpath=$2

passed=target/format/passed
started=target/format/started
found=target/format/found
sources=target/format/sources
mkdir -p target/format
rm -f "$found"
touch "$started"

# A change of the formatter's version or of this script makes every source unchecked.
if [ -e "$passed" ] && [ -z "$(find pom.xml .mvn/format.sh -newer "$passed")" ]; then
  find . -name target -prune -o -name '*.java' -newer "$passed" -print >"$sources"
else
  find . -name target -prune -o -name '*.java' -print >"$sources"
fi

formatter() {
  [ -s "$sources" ] || return 0
  javac=jdk.compiler/com.sun.tools.javac
  "${TOOLCHAIN_JAVA_HOME:-$(deploy/find-jdk.sh)}/bin/java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC \
    --add-exports=$javac.api=ALL-UNNAMED --add-exports=$javac.code=ALL-UNNAMED --add-exports=$javac.file=ALL-UNNAMED \
    --add-exports=$javac.parser=ALL-UNNAMED --add-exports=$javac.tree=ALL-UNNAMED --add-exports=$javac.util=ALL-UNNAMED \
    -cp "$classpath" com.google.googlejavaformat.java.Main "$@" "@$sources"
}

if [ "$action" = replace ]; then
  formatter --replace
elif ! formatter --dry-run --set-exit-if-changed >"$found" 2>&1; then
  cat "$found" >&2
  exit 0 # what fails the build says it shorter
fi
rm -f "$found"
mv "$started" "$passed"
