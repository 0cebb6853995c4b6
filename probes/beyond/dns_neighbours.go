package beyond

// This file plans where to look for a value that is not where it should be.

import (
	"slices"
	"strings"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
)

// neighbours asks at the names at which people put values by mistake, once it
// is clear that the value is not at its own; and at one that nobody uses, to
// tell a wildcard record from one of the name itself.
func (z zone) neighbours() []probes.Errand {
	missed := z.d.Rule == policy.RuleTXTMissing || z.d.Rule == policy.RuleTXTMismatch
	if !missed || !z.failing {
		return nil
	}
	base := policy.Base(z.given.Identifier)
	random := "_acmecheck-" + strings.ToLower(z.given.Token[:min(8, len(z.given.Token))])
	out := []probes.Errand{z.ask(probes.BeyondRandom, random+"."+base, "TXT")}
	for _, name := range z.elsewhere(base) {
		out = append(out, z.ask(probes.BeyondNeighbour, name, "TXT"))
	}
	return out
}

// elsewhere are those names, each once.
func (z zone) elsewhere(base string) []string {
	label := z.p.DNS01.Label
	doubled := z.Name + "." + base // a panel appends the zone, or the name
	all := []string{doubled}
	for _, zone := range []string{z.Zone, policy.Registrable(base)} {
		if zone != "" {
			all = append(all, z.Name+"."+zone)
		}
	}
	www := "www." + base
	if rest, ok := strings.CutPrefix(base, "www."); ok {
		www = rest
	}
	all = append(all,
		strings.TrimPrefix(label, "_")+"."+base,
		label+"."+label+"."+base,
		label+"."+www,
		base,
	)
	all = append(all, z.accounts(base)...)
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(name string) bool { return strings.EqualFold(name, z.Name) })
}

// accounts are the names of the other method, and those of the account in the
// CA's other spellings: of its staging, of its first API, with a slash.
func (z zone) accounts(base string) []string {
	plain := z.p.DNS01.Label + "." + base
	account := z.given.Account
	if account == "" {
		return []string{plain}
	}
	out := []string{plain}
	for _, url := range []string{
		account,
		account + "/",
		strings.Replace(account, "//acme-v02.", "//acme-staging-v02.", 1),
		strings.Replace(account, "//acme-staging-v02.", "//acme-v02.", 1),
		strings.Replace(strings.Replace(account, "//acme-v02.", "//acme-v01.", 1), "/acct/", "/reg/", 1),
	} {
		out = append(out, "_"+policy.AccountLabel(url)+"."+plain)
	}
	return out
}
