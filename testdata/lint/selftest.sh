#!/bin/sh
# Plants violations of the house rules into a copy of the tree and demands that
# the linter reports each of them, in the words of the rule.
set -eu
cd "$(dirname "$0")/../.."
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
trap 'exit 1' HUP INT TERM
plants=$PWD/testdata/lint/plants.txt
cp -R .golangci.yml ./* "$copy"
sed -n 's/^-- \(.*\) --$/\1/p' "$plants" | while read -r file; do mkdir -p "$copy/${file%/*}"; done
awk -v to="$copy" '/^-- .* --$/ { if (file) close(file); file = to "/" $2; next } file { print > file }' "$plants"
cd "$copy"
${GOLANGCI:?} run --allow-parallel-runners ./... >found.txt 2>&1 && { echo "the linter found nothing"; exit 1; }
awk '
	FNR == NR && /^[^ ]+:[0-9]+(:[0-9]+)?: / { path = $1; sub(/:.*/, "", path); found[path] = found[path] $0 "\n" }
	FNR == NR { next }
	/^-- .* --$/ { file = $2 }
	/^\/\/ [a-z]+: / {
		planted++
		linter = $2; sub(/:$/, "", linter)
		words = $0; sub(/^\/\/ [a-z]+: /, "", words)
		hit = 0
		n = split(found[file], lines, "\n")
		for (i = 1; i <= n; i++) if (index(lines[i], words) && index(lines[i], "(" linter ")")) hit = 1
		if (!hit) { missed++; print "not reported: " file ": " linter ": " words }
	}
	END { printf "%d violations planted, %d not reported\n", planted, missed; exit !planted || missed > 0 }
' found.txt "$plants" || { grep '(typecheck)' found.txt || true; exit 1; }
