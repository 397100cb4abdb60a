#!/bin/sh
# release.sh DIRECTORY
#
# Gathers what is published of a build in a new DIRECTORY: the distribution as a tar, the packages that are in
# target/packages, the SBOM, and SHA256SUMS of all of them. If HALFSECOND_SIGN is set, it is run with the path of SHA256SUMS as
# its last argument, and must leave a signature beside it: HALFSECOND_SIGN="gpg --armor --detach-sign".
#
# Two runs with the same SOURCE_DATE_EPOCH give the same bytes; it is the time of the newest commit unless set.
set -eu

deploy=$(cd "$(dirname "$0")" && pwd -P)

fail() {
  echo "release.sh: $*" >&2
  exit 1
}

[ $# -eq 1 ] || fail "usage: release.sh DIRECTORY"
out=$1
[ ! -e "$out" ] || fail "$out is there already"
[ -d "$deploy/target/halfsecond/lib" ] || fail "no distribution in $deploy/target: run make package"
if [ -z "${SOURCE_DATE_EPOCH:-}" ]; then
  SOURCE_DATE_EPOCH=$(git -C "$deploy" log -1 --format=%ct 2>/dev/null || stat -c %Y "$deploy/../CHANGELOG.md")
fi

jar=$(echo "$deploy"/target/halfsecond/lib/halfsecond-deploy-*.jar)
version=${jar##*/halfsecond-deploy-}
version=${version%.jar}
name=halfsecond-$version

umask 022
mkdir -p "$out"
# Without an archive of classes that this machine has made: it is bound to its Java.
tar --directory "$deploy/target" --create --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner \
  --mode=u+rw,go-w,a+rX --exclude='*.aot' --transform="s,^halfsecond,$name," halfsecond | gzip --no-name --best >"$out/$name.tar.gz"
cp "$deploy/target/halfsecond/sbom.cdx.json" "$out/$name.cdx.json"
for package in "$deploy"/target/packages/*.deb "$deploy"/target/packages/*.rpm; do
  [ ! -e "$package" ] || cp "$package" "$out/"
done

(cd "$out" && LC_ALL=C && export LC_ALL && sha256sum -- * >.sums && mv .sums SHA256SUMS)
if [ -n "${HALFSECOND_SIGN:-}" ]; then
  before=$(ls -A "$out")
  # shellcheck disable=SC2086 # a command with its arguments
  $HALFSECOND_SIGN "$out/SHA256SUMS" || fail "HALFSECOND_SIGN has failed: $HALFSECOND_SIGN"
  [ "$(ls -A "$out")" != "$before" ] || fail "HALFSECOND_SIGN has left no signature in $out: $HALFSECOND_SIGN"
fi
ls "$out"
