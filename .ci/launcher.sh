#!/bin/sh
# ouro in one file: unpacks itself once for each user, then runs. Made by .ci/package.ts.
id=@ID@ first_line=@FIRST_LINE@ megabytes=@MEGABYTES@ files=@FILES@

# Is everything there? Cleaners of folders may take single files. Each start pays for this, so that it reads none of them.
ready() {
  [ -x "$1/deno" ] && [ -s "$1/deno" ] && [ -s "$1/js/main.js" ] || return 1
  set -- "$1"/js/*.* "$1"/js/*/*.* "$1"/js/*/*/*.* "$1"/js/*/*/*/*.* "$1"/js/*/*/*/*/*.*
  [ $# = $files ]
}

# The id is a digest of all that belongs there.
sound() {
  [ "$(cd "$1" && find . -type f -exec sha256sum {} + | LC_ALL=C sort | sha256sum | cut -c 1-16)" = $id ]
}

# Unpacks into a fresh folder beside $1 and renames it, so that any number of first runs at once do no harm.
unpack() {
  new=$(mktemp -d "${1%/*}/.new.XXXXXX" 2>/dev/null) || return 1
  trap 'rm -rf "$new"' EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  echo "ouro: unpacking $megabytes MB into ${1%/*}, once for this version" >&2
  if ! tail -n "+$first_line" "$0" | { gzip -dc || : >"$new/bad"; } 2>/dev/null | tar -xf - -C "$new" 2>/dev/null ||
    [ -e "$new/bad" ] || ! sound "$new"; then
    why="there is no room for $megabytes MB, or $0 is damaged"
  elif ! "$new/deno" --version >/dev/null 2>&1; then
    why="programs there cannot run (noexec), or this build is for another kind of machine"
  else
    # A machine that loses its power must not leave empty files behind a name that says that all is there.
    sync -f "$new" 2>/dev/null || sync
    [ ! -e "$1" ] || ready "$1" || rm -rf "$1"
    mv "$new" "$1" 2>/dev/null
    rm -rf "$1/${new##*/}"
  fi
  rm -rf "$new"
  trap - EXIT HUP INT TERM
  ready "$1"
}

# Sets `home` to the unpacked program in the folder $1; with a reason where that cannot be.
try() {
  home=$1/$id why="it is not writable"
  ready "$home" || unpack "$home" || {
    reasons="$reasons
  $1: $why"
    false
  }
}

home=${XDG_CACHE_HOME:-${HOME:-/dev/null}/.cache}/ouro/$id
if ! ready "$home"; then
  reasons=
  (umask 077 && mkdir -p "${home%/*}") 2>/dev/null
  if ! try "${home%/*}"; then
    # A folder in a place that all share must be this user's alone.
    own=${TMPDIR:-/tmp}/ouro-$(id -u)
    mkdir -m 700 "$own" 2>/dev/null
    if [ -L "$own" ] || [ ! -O "$own" ]; then
      reasons="$reasons
  $own: it is not writable, or not yours"
    else
      try "$own"
    fi
    if ! ready "$home"; then
      echo "ouro: found no folder to unpack into:$reasons
Set XDG_CACHE_HOME or TMPDIR to a folder that you can write, with $megabytes MB free." >&2
      exit 1
    fi
  fi
fi
OURO_CALLED_AS=${0##*/} DENO_DIR=$home/cache DENO_NO_UPDATE_CHECK=1 \
  exec "$home/deno" run -A --no-config --no-npm -q "$home/js/main.js" "$@"
