package solve

// This file puts into words how servers refuse updates. They differ:
//
//   - BIND says REFUSED where no update-policy allows the change, NOTAUTH with
//     the TSIG error BADSIG for a wrong secret, BADKEY for a key it does not
//     know, and NOTAUTH without a TSIG error for a zone that it does not serve;
//   - Knot says NOTAUTH with BADKEY also where the key is right and no acl allows
//     the change; where no acl of the zone names the key, to questions too.
//
// (Seen with BIND 9.18.49 and Knot 3.2.6.)

import (
	"fmt"

	"github.com/miekg/dns"
)

// An UpdateError is a server's refusal of an update. Nothing was changed.
type UpdateError struct {
	Server, Key string
	Zone, Name  string // Zone is empty if the server did not tell one
	RCode       string
	TSIG        string // the TSIG error (RFC 8945 §3); empty: none
}

func (s *RFC2136) refused(r *dns.Msg, u update) error {
	e := &UpdateError{Server: s.Server, Key: plain(s.Key.Name), Zone: plain(u.zone), Name: plain(u.name), RCode: dns.RcodeToString[r.Rcode]}
	if code := tsigError(r); code != dns.RcodeSuccess {
		e.TSIG = dns.RcodeToString[code]
		if code == dns.RcodeBadSig { // BADVERS of EDNS has the same number
			e.TSIG = "BADSIG"
		}
	}
	return e
}

// notServed is the refusal of a server that told no zone.
func (s *RFC2136) notServed(r *dns.Msg, name string) error {
	e := &UpdateError{Server: s.Server, Key: plain(s.Key.Name), Name: name, RCode: "NOTAUTH"}
	if r != nil && r.Rcode != dns.RcodeSuccess && r.Rcode != dns.RcodeNameError {
		e.RCode = dns.RcodeToString[r.Rcode]
	}
	return e
}

// code is the answer as it is usually written.
func (e *UpdateError) code() string {
	if e.TSIG != "" {
		return e.RCode + " with " + e.TSIG
	}
	return e.RCode
}

func (e *UpdateError) Error() string {
	switch {
	case e.TSIG == "BADSIG":
		return fmt.Sprintf("%s says that the secret of the key %s is wrong (%s)", e.Server, e.Key, e.code())
	case e.TSIG == "BADKEY" && e.Zone == "":
		return fmt.Sprintf("%s knows no key %s of that algorithm, or has no use for it in the zone of %s (%s)", e.Server, e.Key, e.Name, e.code())
	case e.TSIG == "BADKEY":
		return fmt.Sprintf("%s does not let the key %s change TXT records at %s (%s)", e.Server, e.Key, e.Name, e.code())
	case e.TSIG == "BADTIME":
		return fmt.Sprintf("the clock of %s and ours are more than five minutes apart (%s)", e.Server, e.code())
	case e.Zone == "":
		return fmt.Sprintf("%s does not serve a zone that %s is in (%s)", e.Server, e.Name, e.code())
	}
	return e.ofUpdate()
}

func (e *UpdateError) ofUpdate() string {
	switch e.RCode {
	case "REFUSED":
		return fmt.Sprintf("%s does not let %s change TXT records at %s (%s)", e.Server, e.whom(), e.Name, e.code())
	case "NOTAUTH":
		return fmt.Sprintf("%s is not the primary of the zone %s (%s)", e.Server, e.Zone, e.code())
	case "NOTIMP":
		return fmt.Sprintf("%s takes no dynamic updates (%s)", e.Server, e.code())
	case "NOTZONE":
		return fmt.Sprintf("%s is not in the zone %s (%s)", e.Name, e.Zone, e.code())
	case "YXRRSET":
		return fmt.Sprintf("%s is an alias (CNAME), beside which there can be no TXT record (%s)", e.Name, e.code())
	case "SERVFAIL":
		return fmt.Sprintf("%s could not change the zone %s (%s)", e.Server, e.Zone, e.code())
	}
	return fmt.Sprintf("%s answers the update of %s with %s", e.Server, e.Name, e.code())
}

func (e *UpdateError) whom() string {
	if e.Key == "" {
		return "us, without a key,"
	}
	return "the key " + e.Key
}

// Hint is what to do about it.
func (e *UpdateError) Hint() string {
	grant := fmt.Sprintf("BIND: update-policy { grant %s. name %s. TXT; };  Knot: an acl with action: update, update-type: TXT, key: %s", e.Key, e.Name, e.Key)
	switch {
	case e.TSIG == "BADSIG":
		return "copy the secret again; the algorithm must be the server's too"
	case e.TSIG == "BADKEY" && e.Zone == "":
		return "name the key as the server does, and with its algorithm"
	case e.TSIG == "BADKEY", e.RCode == "REFUSED" && e.Zone != "" && e.Key != "":
		return grant
	case e.TSIG == "BADTIME":
		return "set the clocks, with NTP for instance"
	case e.RCode == "REFUSED" && e.Zone != "":
		return "give a key: key_file names a file that tsig-keygen wrote"
	case e.Zone == "", e.RCode == "NOTAUTH":
		return "name the primary server of the zone"
	case e.RCode == "YXRRSET":
		return "write at the name to which the alias leads"
	case e.RCode == "SERVFAIL":
		return "look into the server's log; it may not be able to write its journal"
	}
	return ""
}

func (*UpdateError) untouched() {}
