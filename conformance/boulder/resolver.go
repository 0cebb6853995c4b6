package boulder

import (
	"context"
	"net/netip"

	"github.com/letsencrypt/boulder/bdns"
	"github.com/miekg/dns"
)

// A publicResolver drops reserved addresses from answers. The VA does that
// itself (va/dns.go getAddrs), but would drop the documentation ranges too.
type publicResolver struct{ bdns.Client }

// LookupA implements bdns.Client.
func (r publicResolver) LookupA(ctx context.Context, host string) (*bdns.Result[*dns.A], string, error) {
	res, server, err := r.Client.LookupA(ctx, host)
	if err == nil {
		res.Final = public(res.Final, func(rr *dns.A) netip.Addr { return netip.AddrFrom4([4]byte(rr.A.To4())) })
	}
	return res, server, err
}

// LookupAAAA implements bdns.Client.
func (r publicResolver) LookupAAAA(ctx context.Context, host string) (*bdns.Result[*dns.AAAA], string, error) {
	res, server, err := r.Client.LookupAAAA(ctx, host)
	if err == nil {
		res.Final = public(res.Final, func(rr *dns.AAAA) netip.Addr { return netip.AddrFrom16([16]byte(rr.AAAA.To16())) })
	}
	return res, server, err
}

func public[R dns.RR](rrs []R, address func(R) netip.Addr) []R {
	var out []R
	for _, rr := range rrs {
		if reserved(address(rr)) == nil {
			out = append(out, rr)
		}
	}
	return out
}
