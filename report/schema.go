package report

import _ "embed" // the schema is part of the binary

//go:embed schema/report-1.json
var schema string

// Schema is the JSON Schema (2020-12) of a report of SchemaVersion.
func Schema() []byte { return []byte(schema) }
