#!/bin/sh
# Prints the home of a JDK 25, from where Maven's toolchain selection finds one too. The default java may be older.
set -eu

path_java=$(command -v java || true)
path_java=$(readlink -f "${path_java:-/}")
toolchains=$(sed -n 's|.*<jdkHome>\(.*\)</jdkHome>.*|\1|p' "$HOME/.m2/toolchains.xml" 2>/dev/null || true)

# shellcheck disable=SC2086 # one home a word
for jdk in "${JAVA_HOME:-}" "${JAVA25_HOME:-}" "${path_java%/bin/java}" $toolchains /usr/lib/jvm/* /opt/java/* \
  "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* "$HOME"/.local/share/mise/installs/java/*; do
  if [ -x "$jdk/bin/javac" ] && grep -q '^JAVA_VERSION="25[."]' "$jdk/release" 2>/dev/null; then
    echo "$jdk"
    exit 0
  fi
done

echo "no JDK 25 found (JAVA_HOME, JAVA25_HOME, PATH, ~/.m2/toolchains.xml, /usr/lib/jvm, ~/.sdkman, ~/.jdks): install" >&2
echo "one, for example Eclipse Temurin 25 from https://adoptium.net" >&2
exit 1
