#!/bin/sh
# Plants violations of the house rules into a copy of the tree and demands that
# the linter reports each of them, in the words of the rule.
set -eu
cd "$(dirname "$0")/../.."
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
cp -R .golangci.yml go.mod go.sum cmd probes report pebble-env "$copy"
awk -v to="$copy" '/^-- .* --$/ { file = to "/" $2; next } file { print > file }' testdata/lint/plants.txt
(cd "$copy" && ${GOLANGCI:?} run --allow-parallel-runners ./... >found.txt 2>&1) && { echo "the linter found nothing"; exit 1; }
missed=0
planted=0
while read -r line; do
	case $line in
	"-- "*" --") file=${line#-- }; file=${file% --} ;;
	"// "*": "*)
		rule=${line#// }
		planted=$((planted + 1))
		if ! grep -F "$file" "$copy/found.txt" | grep -F "(${rule%%: *})" | grep -qF "${rule#*: }"; then
			echo "not reported: $file: $rule"
			missed=$((missed + 1))
		fi
		;;
	esac
done <testdata/lint/plants.txt
echo "$planted violations planted, $missed not reported"
[ "$planted" -gt 0 ] && [ "$missed" = 0 ]
