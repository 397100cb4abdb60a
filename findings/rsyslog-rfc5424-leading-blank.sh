#!/usr/bin/env bash
# rsyslog 8.2302.0 (Debian 12, package rsyslog 8.2302.0-1+deb12u2)
#
# A program logs with syslog(3): "<38>Nov 29 06:00:00 sshd[123]: Failed password for alice". rsyslog cuts the tag
# "sshd[123]:" off and keeps the blank behind it as the first character of the message. Its templates for traditional
# files allow for that. Its own RFC 5424 template, RSYSLOG_SyslogProtocol23Format, adds the blank that RFC 5424 demands and
# then the message as it is. So the text begins with a blank, and a parser that follows RFC 5424 to the letter does not
# recognise it. A message of the older syslog format that has no blank behind the tag gets none.
#
# Output seen:
#   traditional: sshd[123]: Failed password for alice
#   rfc5424:     sshd 123 - -  Failed password for alice
#   rfc5424, no blank behind the tag: sshd 123 - - Failed password for alice
set -euo pipefail

work=$(mktemp -d)
pid=
finish() {
  if [ -n "$pid" ]; then kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; fi
  rm -rf "$work"
}
trap finish EXIT
cd "$work"

for package in rsyslog=8.2302.0-1+deb12u2 libestr0=0.1.11-1 libfastjson4=1.2304.0-1; do
  apt-get -qq -o APT::Sandbox::User=root download "$package" >/dev/null
done
for file in ./*.deb; do dpkg -x "$file" root; done
modules=$(dirname "$(find "$work/root" -name imuxsock.so)")
libraries=$(find "$work/root" -name 'lib*.so.*' -exec dirname {} + | sort -u | paste -sd:)

cat >rsyslog.conf <<CONFIG
module(load="imuxsock" SysSock.Use="off")
input(type="imuxsock" Socket="$work/log" UseSpecialParser="off")
action(type="omfile" file="$work/traditional" template="RSYSLOG_TraditionalFileFormat")
action(type="omfile" file="$work/rfc5424" template="RSYSLOG_SyslogProtocol23Format")
CONFIG
LD_LIBRARY_PATH=$libraries RSYSLOG_MODDIR=$modules/ \
  root/usr/sbin/rsyslogd -n -f "$work/rsyslog.conf" -i "$work/pid" &
pid=$!
for _ in $(seq 50); do [ -S log ] && break; sleep 0.1; done

python3 - <<'SEND'
import socket
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.connect("log")
s.send(b"<38>Nov 29 06:00:00 sshd[123]: Failed password for alice")
s.send(b"<38>Nov 29 06:00:00 sshd[123]:Failed password for alice")
SEND
for _ in $(seq 50); do [ -f rfc5424 ] && [ "$(wc -l <rfc5424)" -ge 2 ] && break; sleep 0.1; done

text() { sed -n "$2s/.*\(sshd.*\)/\1/p" "$1"; }
expect() {
  echo "$1: $2"
  [ "$2" = "$3" ] || { echo "expected:    $3" >&2; exit 1; }
}
expect "traditional" "$(text traditional 1)" "sshd[123]: Failed password for alice"
expect "rfc5424" "$(text rfc5424 1)" "sshd 123 - -  Failed password for alice"
expect "rfc5424, no blank behind the tag" "$(text rfc5424 2)" "sshd 123 - - Failed password for alice"
