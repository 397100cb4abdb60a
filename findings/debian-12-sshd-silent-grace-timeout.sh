#!/usr/bin/env bash
# OpenSSH 9.2p1 as packaged by Debian 12 (openssh-server 1:9.2p1-2+deb12u10)
#
# A client that does not log in within LoginGraceTime is disconnected. sshd's manual and upstream's sources lead one to
# expect "Timeout before authentication for ADDRESS port N" in the log. Debian's package prints no such line, not even at
# LogLevel DEBUG3: nothing is logged when the time runs out. A reader of the log can't tell such a client from one that is
# still connected.
#
# Output seen (the client sends an identification string and then nothing, LoginGraceTime is 2 s):
#   disconnected after 3 s
#   lines about the client: yes
#   lines about a timeout: 0
#
# Needs root: sshd switches to an account of its own, which is added in a private mount namespace.
set -euo pipefail
[ "$(id -u)" = 0 ] || { echo "must be run by root" >&2; exit 2; }

work=$(mktemp -d)
pid=
finish() {
  if [ -n "$pid" ]; then kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; fi
  rm -rf "$work"
}
trap finish EXIT
cd "$work"
chmod 755 .

for package in openssh-server=1:9.2p1-2+deb12u10 openssh-client=1:9.2p1-2+deb12u10 libwrap0=7.6.q-32; do
  apt-get -qq -o APT::Sandbox::User=root download "$package" >/dev/null
done
for file in ./*.deb; do dpkg -x "$file" root; done

mkdir -p empty run/sshd
grep -v '^sshd:' /etc/passwd >passwd
echo "sshd:x:65533:65534::$work/empty:/usr/sbin/nologin" >>passwd
root/usr/bin/ssh-keygen -q -t ed25519 -N '' -f key
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat >config <<CONFIG
Port $port
ListenAddress 127.0.0.1
HostKey $work/key
PidFile none
UsePAM no
LoginGraceTime 2
LogLevel DEBUG3
CONFIG

libraries=$(find "$work/root" -name 'lib*.so.*' -exec dirname {} + | sort -u | paste -sd:)
LD_LIBRARY_PATH=$libraries unshare --mount sh -c '
  mount --bind passwd /etc/passwd
  mkdir -p /run/sshd
  exec "$0/root/usr/sbin/sshd" -D -f "$0/config" -E "$0/log"' "$work" &
pid=$!

python3 - "$port" <<'CLIENT'
import socket, sys, time
for attempt in range(50):
    try:
        client = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
        break
    except ConnectionRefusedError:
        time.sleep(0.1)
started = time.monotonic()
client.sendall(b"SSH-2.0-silent\r\n")
client.settimeout(30)
while client.recv(4096):
    pass
print(f"disconnected after {time.monotonic() - started:.0f} s")
CLIENT
sleep 1

expect() {
  echo "$1: $2"
  [ "$2" = "$3" ] || { echo "expected $3" >&2; exit 1; }
}
expect "lines about the client" "$(grep -q 'silent' log && echo yes || echo no)" yes
expect "lines about a timeout" "$(grep -ci 'timeout before\|grace' log || true)" 0
