package checks

import (
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "http01.response.iis",
	Severity: report.Error,
	Title:    "IIS refuses files without an extension",
	Means:    "IIS serves only file types it knows, and a token has no extension: it answers 404 although the file is there.",
	Causes: []string{
		"no MIME type is mapped to files without an extension",
		"a handler for extensionless URLs takes the request",
	},
	FixBy: Server,
	Fixes: []Fix{
		{For: "IIS", Text: "in web.config of the challenge directory: map the empty extension, and let the static handler answer", Snippet: "<system.webServer>\n  <staticContent><mimeMap fileExtension=\".\" mimeType=\"text/plain\" /></staticContent>\n  <handlers><clear /><add name=\"StaticFile\" path=\"*\" verb=\"GET\" modules=\"StaticFileModule\" resourceType=\"File\" requireAccess=\"Read\" /></handlers>\n</system.webServer>"},
	},
	Again:   "acmecheck {target}",
	Sources: []string{docsHTTP01, rfcHTTP01, vaHTTP + " processHTTPValidation"},
	Masks:   []string{"http01.response.not-found"},
	Detect: func(in *In) []Found {
		r := in.Last()
		if !in.Stopped(policy.RuleStatus) || r.Fetch.Status != 404 || kindOf(r.Fetch) != "IIS" {
			return nil
		}
		return []Found{{
			Subject: r.URL.String(), Certainty: report.Likely, Evidence: []report.Evidence{in.status(r)},
			Say: "IIS answers 404; it serves no file without an extension unless told to",
		}}
	},
})
