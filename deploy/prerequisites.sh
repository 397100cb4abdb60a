#!/bin/sh
# prerequisites.sh build|packages|demo|test|faults|sshds|footprint
#
# Installs with apt, as root or through sudo, what the purpose needs and this machine lacks. It starts no service. Where
# it cannot install, it names what is missing: as an error for demo, packages, faults and sshds and with CI=true, else as a warning
# (the tests that need it are then skipped). A missing JDK 25 or Maven is always an error.
set -eu

purpose=${1:-}
case "$purpose" in
  build | packages | demo | test | faults | sshds | footprint) ;;
  *)
    echo "usage: prerequisites.sh build|packages|demo|test|faults|sshds|footprint" >&2
    exit 2
    ;;
esac

# Before anything is installed or built for it.
if [ "$purpose" = demo ] && [ "$(id -u)" -ne 0 ]; then
  echo "the demo needs root, for a private sshd and the kernel's process events: sudo make demo" >&2
  echo 'without root, a recorded run: make demo ARGS=--replay, which is halfsecond demo --replay' >&2
  exit 1
fi

PATH=$PATH:/usr/sbin:/sbin
missing=

has() { command -v "$1" >/dev/null 2>&1; }

need() { # need PACKAGE COMMAND...
  package=$1
  shift
  for command in "$@"; do
    if ! has "$command"; then
      missing="$missing $package"
      return 0
    fi
  done
}

has_static_busybox() { has busybox && ! ldd "$(command -v busybox)" >/dev/null 2>&1; }
has_header() { has gcc && printf '#include <stdio.h>\n#include <%s>\n' "$1" | gcc -fsyntax-only -x c - 2>/dev/null; }

find_maven=$(dirname "$0")/../.mvn/find-maven.sh
case $("$find_maven" 2>/dev/null) in
  '') missing="$missing maven" ;;
  *mvnw) need unzip unzip ;;
esac
case "$purpose" in
  footprint)
    need openssh-server sshd
    need openssh-client ssh ssh-keygen
    need fail2ban fail2ban-regex
    need rsyslog-kafka rsyslogd
    need prometheus-process-exporter prometheus-process-exporter
    ;;
  demo | test | faults | sshds)
    need openssh-server sshd
    need openssh-client ssh ssh-keygen
    need patchelf patchelf
    need gcc gcc
    has_header stdio.h || missing="$missing libc6-dev"
    ;;
esac
case "$purpose" in
  test | faults)
    need prometheus prometheus promtool
    need prometheus-alertmanager prometheus-alertmanager amtool
    need docker.io dockerd docker
    has_static_busybox || missing="$missing busybox-static"
    need cgroupfs-mount cgroupfs-mount
    need docker-compose docker-compose
    need chromium chromium
    [ -e /usr/share/doc/fonts-inter ] || missing="$missing fonts-inter" # Grafana's font, for make screenshots
    need nodejs node
    need npm npm
    need ansible-core ansible-playbook
    need ansible-lint ansible-lint
    # Ansible's apt module; without it, it would install it itself.
    has python3 && python3 -c 'import apt' 2>/dev/null || missing="$missing python3-apt"
    need kcat kcat
    # An example of docs/alert-topic.md.
    /usr/bin/python3 -c 'import confluent_kafka' 2>/dev/null || missing="$missing python3-confluent-kafka"
    need iproute2 ip
    need shellcheck shellcheck
    need systemd journalctl systemd-analyze
    [ -x /usr/lib/systemd/systemd-journal-remote ] || missing="$missing systemd-journal-remote"
    ;;
esac

case "$purpose" in
  packages | test)
    need debhelper dh
    need rpm rpmbuild rpm
    need binutils strip
    need zip zip
    need unzip unzip
    ;;
esac

if [ "$purpose" = test ]; then
  need mmdebstrap mmdebstrap
  need lintian lintian
  need rpmlint rpmlint
  need mandoc mandoc
  need man-db man
fi

if [ "$purpose" = faults ]; then
  need faketime faketime
fi

if [ "$purpose" = sshds ]; then
  need make make
  need autoconf autoreconf
  need automake aclocal
  has_header security/pam_appl.h || missing="$missing libpam0g-dev"
  has_header openssl/evp.h || missing="$missing libssl-dev"
  has_header zlib.h || missing="$missing zlib1g-dev"
fi

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

can_install() {
  has apt-get || return 1
  [ "$(id -u)" -eq 0 ] && return 0
  has sudo && { [ -t 0 ] || sudo -n true 2>/dev/null; }
}

# Debian asks this file before it starts a service on installation; 101 forbids it (invoke-rc.d(8)).
policy=/usr/sbin/policy-rc.d
policy_is_ours=

forbid_services() {
  [ ! -e "$policy" ] || return 0
  policy_is_ours=yes
  printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
  as_root chmod 755 "$policy"
}

allow_services() {
  if [ -n "$policy_is_ours" ]; then
    as_root rm -f "$policy"
    policy_is_ours=
  fi
}
trap allow_services EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

install() {
  forbid_services
  as_root apt-get -qq update || true # without a network, the lists that are there may do
  # shellcheck disable=SC2086 # a list of packages
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install $missing >&2
}

if [ -n "$missing" ]; then
  if can_install; then
    echo "installing:$missing" >&2
    install
  else
    echo "missing (Debian packages):$missing" >&2
    if [ "$purpose" = demo ] || [ "$purpose" = packages ] || [ "$purpose" = faults ] || [ "$purpose" = sshds ] || [ "${CI:-}" = true ] || ! "$find_maven" >/dev/null; then
      echo "cannot install them: that takes apt-get, and root or sudo" >&2
      exit 1
    fi
    echo "tests that need them will be skipped" >&2
  fi
fi

"$find_maven" >/dev/null
"$(dirname "$0")/find-jdk.sh" >/dev/null
