"""Shell scripts that a target runs: POSIX with the tools of coreutils, tar and flock, no Python.

`$1` is the folder of a store in all of them.
"""

from __future__ import annotations

LOOK = r"""
set -eu
for tool in tar sha256sum; do
  command -v "$tool" >/dev/null || { echo "there is no $tool on the target" >&2; exit 1; }
done
[ -d "${1%/*}" ] || { echo "there is no folder ${1%/*}" >&2; exit 1; }
umask 077
mkdir -p -- "$1/generations"
cd -- "$1"
[ "$(id -u)" != 0 ] || chown "$(stat -c %u:%g ..)" . generations
find generations -maxdepth 1 -name '.draft-publish-*' -mmin +1440 -exec rm -rf {} +
name=$(readlink current || :)
echo "${name##*/}"
[ -z "$name" ] || cat current/manifest.json 2>/dev/null || :
"""
"""Makes the store; prints the name of the current generation and its manifest."""

SEED = r"""
set -eu
umask 077
cd -- "$1/generations"
mkdir -- "$2"
while IFS= read -r path; do
  case $path in
    */) mkdir -p -- "$2/$path" ;;
    *) ln -- "$3/$path" "$2/$path" 2>/dev/null || : ;;
  esac
done
"""
"""Begins draft `$2`; standard input lists folders (with a slash), and files of generation `$3` that
are the same: they are linked. A link that cannot be made shows when digests are compared."""

RECEIVE = r"""
set -eu
umask 077
cd -- "$1/generations/$2"
tar -xof -
"""

VERIFY = r"""
cd -- "$1/generations/$2" 2>/dev/null || { echo missing; exit 0; }
sha256sum -c - 2>&1 | grep -v ': OK$' | head -n 1
"""
"""Compares folder `$2` with the digests of standard input; prints the first that differs."""

FINISH = r"""
set -eu
cd -- "$1/generations"
[ "$(id -u)" != 0 ] || chown -R "$(stat -c %u:%g ../..)" "$2"
sync -f . 2>/dev/null || sync
[ ! -e "$3" ] || { rm -rf ".draft-old-$3"; mv -- "$3" ".draft-old-$3"; }
mv -- "$2" "$3"
rm -rf ".draft-old-$3"
sync -f . 2>/dev/null || sync
"""
"""Draft `$2` becomes generation `$3`; a damaged one of that name goes."""

SWITCH = r"""
set -eu
cd -- "$1"
rm -f .current-published
ln -s "generations/$2" .current-published
[ "$(id -u)" != 0 ] || chown -h "$(stat -c %u:%g ..)" .current-published
mv -T .current-published current
sync -f . 2>/dev/null || sync
"""
"""Points `current` at generation `$2`, by one rename."""

PRUNE = r"""
set -eu
command -v flock >/dev/null || { echo "no flock: old generations are kept" >&2; exit 0; }
cd -- "$1/generations"
current=$(readlink ../current)
ls -1 | grep -E '^[0-9]{8}T[0-9]{6}\.[0-9]{3}Z-' | LC_ALL=C sort -r | tail -n "+$(($2 + 1))" |
while IFS= read -r name; do
  [ "$name" != "${current##*/}" ] || continue
  if flock -n -x "$name/manifest.json" mv -- "$name" ".draft-old-$name"; then
    rm -rf -- ".draft-old-$name"
    echo "$name"
  fi
done
"""
"""Deletes what is beyond the `$2` newest, but the current one and what a server has open."""

DISCARD = r"""
rm -rf -- "$1/generations/$2"
"""
