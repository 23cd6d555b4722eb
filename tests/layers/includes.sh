#!/usr/bin/env bash
# Each layer includes only itself and the layers before it; no header includes itself through others.
set -euo pipefail
cd "$(dirname "$0")/../.."
layers="base document value pattern exchange jsonpath vtl definition mapping lint diff store spec record replay compare report cli"

includes() { # file -> the project headers it includes
  sed -nE 's/^[[:space:]]*#[[:space:]]*include[[:space:]]+"([^"]+)".*/\1/p' "$1"
}
layer_of() { # path -> layer
  case $1 in
    store/*) echo store ;;
    harness/*) local rest=${1#harness/}; echo "${rest%%/*}" ;;
    *) echo unknown ;;
  esac
}
rank() {
  local position=0 layer
  for layer in $layers; do
    position=$((position + 1))
    [ "$layer" = "$1" ] && { echo $position; return; }
  done
  echo 0
}

bad=0 files=0 edges=$(mktemp)
trap 'rm -f "$edges"' EXIT
while read -r file; do
  files=$((files + 1))
  own=$(rank "$(layer_of "$file")")
  if [ "$own" = 0 ]; then
    echo "$file: stands in no layer"; bad=$((bad + 1)); continue
  fi
  for header in $(includes "$file"); do
    if [ ! -f "$header" ]; then
      case $header in *.inc) continue ;; esac
      [ -f "$(dirname "$file")/$header" ] && { echo "$file: includes \"$header\": write it from the root"; bad=$((bad + 1)); }
      continue # generated
    fi
    if [ "$(rank "$(layer_of "$header")")" -gt "$own" ]; then
      echo "$file: includes $header, which is a layer above"; bad=$((bad + 1))
    fi
    case $file in *.h) echo "$file $header" >> "$edges" ;; esac
  done
done < <(find harness store -name '*.[ch]' | sort)

if ! cycle=$(tsort "$edges" 2>&1 > /dev/null); then
  echo "headers include each other in a circle:"; echo "$cycle"; bad=$((bad + 1))
fi
echo "$files files, $bad mistakes"
[ "$bad" = 0 ]
