package report

import _ "embed" // the schemas are part of the binary

//go:embed schema/report-1.json
var schema string

//go:embed schema/event-1.json
var eventSchema string

// Schema is the JSON Schema (2020-12) of a report of SchemaVersion.
func Schema() []byte { return []byte(schema) }

// EventSchema is that of one line of a stream of events. It refers to Schema.
func EventSchema() []byte { return []byte(eventSchema) }
