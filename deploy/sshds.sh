#!/bin/sh
# sshds.sh [--doc | --record FILE] [SOURCE|PREFIX...]
#
# Runs the matrix of deploy/src/test/java/…/demo/SshdScenario.java against the machine's own sshd and against each that is
# named, and prints what is told right and what is not as a Markdown table. --doc also puts it into docs/sshd-versions.md.
#
# SOURCE is OpenSSH's portable release: a tarball, an unpacked tree, or a git clone and a tag as CLONE@TAG. It is built
# with PAM into deploy/target/sshds, once. PREFIX is where an OpenSSH is installed that was built with PAM.
#
# --record does not run the matrix: it adds to FILE what the servers log, see real-servers.md in the collector's tests.
#
# The status is 1 if something is told wrong.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
target=$root/deploy/target/sshds
results=$target/results
document=$root/docs/sshd-versions.md

fail() {
  echo "sshds.sh: $1" >&2
  exit 2
}

# The release that a tree holds, for example 9.9p2.
release() {
  sed -n 's/^#define[[:space:]]*SSH_\(VERSION\|PORTABLE\)[[:space:]]*"\(OpenSSH_\)\{0,1\}\(.*\)"/\3/p' "$1/version.h" |
    tr -d '\n'
}

before() { # before RELEASE MAJOR.MINOR
  [ "$1" != "$2" ] && [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]
}

# Puts the sources of $1 into the directory $2.
unpack() {
  mkdir -p "$2"
  case $1 in
    *@*)
      git -C "${1%@*}" rev-parse --quiet --verify "${1##*@}^{commit}" >/dev/null ||
        fail "${1%@*} is no git clone with the tag ${1##*@}"
      git -C "${1%@*}" archive "${1##*@}" | tar -x -C "$2"
      ;;
    *)
      if [ -d "$1" ]; then
        cp -a "$1/." "$2"
      else
        tar -x -f "$1" -C "$2" --strip-components=1 || fail "$1 is no tarball"
      fi
      ;;
  esac
  [ -f "$2/version.h" ] || fail "$1 holds no sources of portable OpenSSH"
  [ -n "$(release "$2")" ] || fail "$1 names no release in its version.h"
}

# Builds the tree $1 into the prefix $2.
build() {
  version=$(release "$1")
  echo "building OpenSSH $version" >&2
  set -- "$1" "$2" --prefix="$2" --with-pam --with-privsep-user=sshd --with-privsep-path="$2/empty" \
    --without-zlib-version-check
  # Its seccomp filter kills the preauth child for clock_nanosleep(2), which glibc 2.31 and later call.
  ! before "$version" 8.2 || set -- "$@" --with-sandbox=rlimit
  tree=$1
  prefix=$2
  shift 2
  log=$target/$version.log
  if ! (
    cd "$tree" &&
      { [ -x configure ] || autoreconf -i; } &&
      { [ ! -f Makefile ] || make distclean; } &&
      ./configure "$@" &&
      make -j "$(nproc)" &&
      make install-nokeys &&
      mkdir -p "$prefix/empty" &&
      chmod 755 "$prefix/empty"
  ) >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    fail "OpenSSH $version does not build here; all of the output is in $log"
  fi
}

# Prints the prefix of $1, after it has built it if it is a source.
prefix_of() {
  if [ -x "$1/sbin/sshd" ]; then
    (cd "$1" && pwd)
    return
  fi
  rm -rf "$target/unpacked"
  unpack "$1" "$target/unpacked"
  built=$target/$(release "$target/unpacked")
  [ -x "$built/sbin/sshd" ] || build "$target/unpacked" "$built"
  rm -rf "$target/unpacked"
  echo "$built"
}

# Runs the matrix; $1 is a prefix, or empty for the machine's own sshd.
run() {
  cd "$root"
  if [ -n "$record" ]; then
    set -- "$1" -Dit.test=SshdCorpusRecorder -Dhalfsecond.sshd.corpus="$record"
  else
    set -- "$1" -Dit.test=SshdMatrixIT -Dhalfsecond.sshd.results="$results"
  fi
  prefix=$1
  shift
  "$(.mvn/find-maven.sh)" -B -ntp -q -pl deploy -am verify -Dtest=none "$@" ${prefix:+-Dhalfsecond.sshd="$prefix"} \
    -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false
}

table() {
  # shellcheck disable=SC2046 # names of versions
  set -- $(cd "$results" && printf '%s\n' ./*.tsv | sort -V)
  (
    cd "$results"
    awk -F '\t' '
      FNR == 1 { versions[++count] = FILENAME; gsub(/^[.]\/|[.]tsv$/, "", versions[count]) }
      !($1 in seen) { seen[$1]; rows[++last] = $1 }
      { cell[$1, count] = $2 == "right" ? "✓" : $2; right[count] += $2 == "right"; all[count]++ }
      END {
        printf "| scenario |"; for (v = 1; v <= count; v++) printf " %s |", versions[v]
        printf "\n|---|"; for (v = 1; v <= count; v++) printf "---|"
        for (r = 1; r <= last; r++) {
          printf "\n| %s |", rows[r]; for (v = 1; v <= count; v++) printf " %s |", cell[rows[r], v]
        }
        printf "\n| right |"; for (v = 1; v <= count; v++) printf " %d of %d |", right[v], all[v]
        printf "\n"
      }' "$@"
  )
}

doc=
record=
case ${1:-} in
  --doc)
    doc=yes
    shift
    ;;
  --record)
    [ -n "${2:-}" ] || fail '--record needs a file'
    record=$(cd "$(dirname "$2")" && pwd)/$(basename "$2")
    shift 2
    ;;
  -*) fail "no option $1" ;;
esac

"$root/deploy/prerequisites.sh" sshds
rm -rf "$results"
mkdir -p "$results"
status=0
run "" || status=1
for each in "$@"; do
  [ -e "${each%@*}" ] || fail "there is no ${each%@*}"
  prefix=$(prefix_of "$each")
  run "$prefix" || status=1
done

[ -z "$record" ] || exit "$status"

table | tee "$target/table.md"
if [ -n "$doc" ]; then
  sed -i "/^<!-- deploy\/sshds.sh writes the rest. -->\$/q" "$document"
  {
    echo
    cat "$target/table.md"
  } >>"$document"
fi
exit "$status"
