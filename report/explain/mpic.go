package explain

// This file explains what the CA's remote perspectives add (Boulder va/va.go;
// BRs 3.2.2.9).

// secondaryEntry explains the words "During secondary validation".
var secondaryEntry = Entry{
	ID: "secondary", Type: "",
	Codes: []string{"vantage.quorum.missed", "vantage.time.exhausted", "net.firewall.blocks-ca-only", "dns01.servers.lagging"},
	Means: "The CA's first perspective passed; too many of its remote ones, elsewhere in the world, did not.",
	Causes: []string{
		"Requests from some countries or networks are blocked (geo-blocking, reputation lists, a limit per source).",
		"A silently dropped IPv6 address cost 10 seconds, and the remote perspectives had too little time left.",
		"The name servers do not all give the same answer: a new record has not reached all of them, or they answer by region.",
		"Something answers only the first request for a token.",
	},
	Misleads: "One remote failure is shown, the first to arrive; others may have failed for other reasons. The addresses the CA comes from are not published and change, so no list of them can be let in.",
}

var mpicEntries = []Entry{
	{
		ID: "mpic-unavailable", Type: "serverInternal",
		Codes:    []string{"vantage.rir.missing"},
		Says:     []Pattern{{Text: "validation failed but the problem is unavailable", Wording: Today, Plain: true}},
		Means:    "Enough remote perspectives passed, but all of them in one region of the world's address registries, and two are required.",
		Causes:   []string{"The perspectives of whole regions could not take part or were too slow."},
		Misleads: "No perspective reported a failure, so there is no reason to show.",
		Run:      runAny,
	},
	{
		ID: "mpic-too-few", Type: "serverInternal",
		Codes:  []string{"vantage.remote.too-few"},
		Says:   []Pattern{{Text: "Insufficient remote perspectives: need at least {number}", Wording: Today}},
		Means:  "The CA has too few remote perspectives at the moment to validate anything.",
		Causes: []string{"A fault at the CA; nothing on your side causes it."},
		Run:    runAny,
	},
	{
		ID: "mpic-rpc", Type: "serverInternal",
		Codes: []string{"vantage.quorum.missed"},
		Says: []Pattern{
			{Text: "Secondary validation RPC canceled", Wording: Today},
			{Text: "Secondary validation RPC failed", Wording: Today},
			{Text: "Secondary validation RPC returned malformed result", Wording: Today},
			{Text: "Remote PerformValidation RPC canceled", Wording: Older},
			{Text: "Remote PerformValidation RPC failed", Wording: Older},
		},
		Means:  "The CA's own call to a remote perspective failed or was not waited for.",
		Causes: []string{"A passing fault at the CA.", "Answers that took so long that the time for the whole validation was gone."},
		Run:    runAny,
	},
}
