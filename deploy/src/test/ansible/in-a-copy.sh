#!/bin/sh
# in-a-copy.sh DIRECTORY COMMAND...
#
# Runs a command in a root that is this machine's, with every change kept below DIRECTORY/changes: the machine itself stays as
# it is. For root, in a mount namespace of its own (unshare --mount).
set -eu

directory=$1
shift
mkdir -p "$directory/changes" "$directory/work" "$directory/root"
mount -t overlay overlay \
  -o "lowerdir=/,upperdir=$directory/changes,workdir=$directory/work" "$directory/root"
mount -t proc proc "$directory/root/proc"
mount --rbind /dev "$directory/root/dev"
mount -t tmpfs tmpfs "$directory/root/run"
# The paths of this run are the same in it, also where they are mounts.
mkdir -p "$directory/root$directory"
mount --bind "$directory" "$directory/root$directory"
# What systemctl can do without systemd: units are enabled, and neither started nor reloaded.
exec chroot "$directory/root" env SYSTEMD_OFFLINE=1 "$@"
