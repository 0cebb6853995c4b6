#!/bin/sh
# Unpacks Let's Encrypt's Boulder into .boulder, which Git ignores, exactly as
# it was published but for one line: its go.mod asks for Go 1.27, and we have
# the Go that is named below. Nothing of Boulder is committed.
set -eu
cd "$(dirname "$0")"
version=v0.20261105.0
go=1.26.0
zip="$(go env GOMODCACHE)/cache/download/github.com/letsencrypt/boulder/@v/$version.zip"
[ -e "$zip" ] || (cd / && go mod download "github.com/letsencrypt/boulder@$version")
rm -rf .boulder .unpacked
mkdir .unpacked
unzip -q "$zip" -d .unpacked
mv ".unpacked/github.com/letsencrypt/boulder@$version" .boulder
rmdir -p .unpacked/github.com/letsencrypt
asked=$(sed -n 's/^go //p' .boulder/go.mod)
go mod edit -go="$go" .boulder/go.mod
echo "Boulder $version is in conformance/.boulder; it asks for Go $asked, its go line is lowered to $go"
