#!/bin/sh
# Prints the command that runs Maven: mvn if it is 3.8.7 or later, else the wrapper. The wrapper downloads Maven from
# MVNW_REPOURL, by default the mirror of Maven Central in ~/.m2/settings.xml; the project itself names no repository.
set -eu

version=$(mvn --version 2>/dev/null | grep -o 'Apache Maven [0-9.]*' || true)
version=${version#Apache Maven }
if [ "$(printf '%s\n' 3.8.7 "${version:-0}" | sort -V | head -n 1)" = 3.8.7 ]; then
  echo mvn
  exit 0
fi

mirrors() { # one a line, without comments
  sed 's/$/ /' "$HOME/.m2/settings.xml" 2>/dev/null | tr -d '\n' | sed 's/<!--/\n&/g; s/-->/&\n/g' |
    grep -v '^<!--' | tr -d '\n' | sed 's|</mirror>|&\n|g'
}
mirror=$(mirrors | sed -n '/<mirrorOf> *\(\*\|central\|external:\*\)/s|.*<url> *\([^ <]*\).*|\1|p' | head -n 1)

repository=${MVNW_REPOURL:-$mirror}
if [ -z "$repository" ]; then
  echo "no Maven 3.8.7 or later: install it (Debian: maven), or set MVNW_REPOURL to a Maven repository" >&2
  exit 1
fi
echo "env MVNW_REPOURL=${repository%/} $(cd "$(dirname "$0")/.." && pwd)/mvnw"
