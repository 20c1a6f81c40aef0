#!/bin/sh
# Writes the configuration of the root filesystem in $ROOT.
set -e

echo "$HOSTNAME" >"$ROOT/etc/hostname"
printf '%b\n' "$PASSWD" >"$ROOT/etc/passwd"

cut -d: -f1,6 "$ROOT/etc/passwd" | while IFS=: read -r user home; do
  mkdir -p "$ROOT$home"
  echo "home of $user: $home"
done
