#!/usr/bin/env bash
# test/clean_machine.sh FOLDER MIRROR [COMMAND…]: runs the two commands of the README on a minimal Debian 12, installed with debootstrap in
# FOLDER from the given Debian MIRROR (kept for the next time). Needs root and debootstrap. Tests the last commit.
set -euo pipefail
folder=$1 mirror=$2
shift 2
[ $# -gt 0 ] || set -- demo test
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

if [ ! -x "$folder/usr/bin/apt-get" ]; then
  debootstrap --variant=minbase bookworm "$folder" "$mirror"
  {
    echo "deb $mirror bookworm main"
    echo "deb $mirror bookworm-updates main"
    echo "deb ${mirror%/}-security bookworm-security main"
  } >"$folder/etc/apt/sources.list"
fi
cp /etc/resolv.conf "$folder/etc/"
for place in proc dev; do
  mountpoint -q "$folder/$place" || mount --bind "/$place" "$folder/$place"
done
trap 'umount "$folder/proc" "$folder/dev"' EXIT
rm -rf "$folder/nnc"
git clone -q "$source" "$folder/nnc"
for command in "$@"; do
  echo "=== ./bootstrap $command"
  start=$SECONDS
  code=0
  chroot "$folder" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root /nnc/bootstrap "$command" </dev/null || code=$?
  echo "=== ./bootstrap $command: exit code $code after $((SECONDS - start)) s"
  [ $code = 0 ] || exit $code
done
