package main

// This file runs a lab, from its first port to the last.

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"net/netip"
	"os"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	lab "github.com/acmecheck/acmecheck/pebble-env"
)

// labUp are the flags of lab up.
type labUp struct {
	labOptions
	town lab.TownOptions
}

func newLabUp() *cobra.Command {
	o := &labUp{}
	c := &cobra.Command{
		Use:   "up",
		Short: "Run the lab until Ctrl-C or lab down",
		Long: `up runs the test CA and its name server, prints how to reach them with a line to
copy for each client, and then what happens, until Ctrl-C or acmecheck lab down.

It listens as Pebble does unless told otherwise. With --http-port 80 and
--tls-port 443 (as root) clients answer where they always do; bind them to
127.0.0.1 alone, since a name with a fault has another loopback address.

Pebble proves a client's way to a certificate and no more: it looks from one
place, follows redirects to any port, and never looks at CAA. The lab is IPv4
only, since Pebble tries one address of a name and no other.

Its files are in --dir: ca.pem and roots.pem, Caddyfile, and for your eyes only
the TSIG key (tsig.key, rfc2136.ini) and lab.json, by which the other commands
reach it. The CA remembers nothing from one run to the next.

With --format json the first line is {"event":"ready",…}; each event follows on
a line of its own.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return o.run(c) },
	}
	f := c.Flags()
	o.flags(f)
	o.formatFlag(f)
	f.StringVar(&o.town.Listen, "listen", "127.0.0.1:14000", "where the CA listens; port 0: any that is free")
	f.StringVar(&o.town.DNS, "dns", "127.0.0.1:8053", "where the name server listens; port 0: any that is free")
	f.StringSliceVar(&o.town.Names, "name", []string{"lab.test"}, "the domains of the lab; all names below them are its own too")
	f.IntVar(&o.town.HTTPPort, "http-port", 5002, "where your client answers for http-01, on 127.0.0.1")
	f.IntVar(&o.town.TLSPort, "tls-port", 5001, "where your client answers for tls-alpn-01, on 127.0.0.1")
	return c
}

func (o *labUp) run(c *cobra.Command) error {
	if err := errors.Join(o.complete(), address("--listen", o.town.Listen), address("--dns", o.town.DNS)); err != nil {
		return err
	}
	if err := o.vacant(c.Context()); err != nil {
		return err
	}
	ctx, end := context.WithCancel(c.Context())
	defer end()
	n := newNews(c.OutOrStdout(), o.format == "json")
	o.town.Hear = n.hear
	t, err := lab.StartTown(ctx, o.town)
	if bad, ok := errors.AsType[lab.BadRequest](err); ok {
		return usage("%s", bad)
	} else if err != nil {
		return &exitError{code: exitLab, msg: "the lab could not start: " + err.Error(), hint: "--listen 127.0.0.1:0 --dns 127.0.0.1:0 take ports that are free"}
	}
	s := labState{PID: os.Getpid(), Token: rand.Text(), Started: time.Now().UTC().Truncate(time.Second)}
	leave, err := o.open(ctx, end, t, &s, n)
	if err != nil {
		t.Close()
		return &exitError{code: exitLab, msg: "the lab could not start: " + err.Error(), hint: "--dir DIR names another place for its files"}
	}
	<-ctx.Done()
	t.Close()
	err = s.remove(o.dir)
	n.end()
	leave()
	return err
}

// address refuses what is no address with a port.
func address(flag, s string) error {
	if _, err := netip.ParseAddrPort(s); err != nil {
		return usage("%s %q is no address with a port", flag, s).try("%s 127.0.0.1:0", flag)
	}
	return nil
}

// open lets others in: files, control and state, and last the news that all is
// ready. leave ends the control.
func (o *labUp) open(ctx context.Context, end func(), t *lab.Town, s *labState, n *news) (leave func(), err error) {
	if err := os.MkdirAll(o.dir, 0o755); err != nil {
		return nil, err
	}
	l, err := listenControl(ctx)
	if err != nil {
		return nil, err
	}
	s.Control = l.Addr().String()
	i := newLabInfo(o.dir, *s, t, o.town)
	if err := errors.Join(writeClientFiles(o.dir, t, i), s.write(o.dir)); err != nil {
		_ = l.Close()
		return nil, err
	}
	control := &labControl{town: t, info: i, token: s.Token, end: end}
	control.serve(l)
	n.ready(i)
	return control.close, nil
}

// vacant refuses a directory where a lab answers. The state of one that died
// is in nobody's way.
func (o *labUp) vacant(ctx context.Context) error {
	s, err := readLabState(o.dir)
	if err != nil {
		return nil //nolint:nilerr // none, or none that anybody can use
	}
	l := &labClient{s, o.dir}
	const patience = 3 * time.Second
	_, err = l.ask(ctx, patience, http.MethodGet, "/status", nil)
	if err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return nil // nobody is there, or somebody else
	}
	return (&exitError{code: exitLab, msg: "a lab runs in " + o.dir + " already, pid " + strconv.Itoa(s.PID)}).
		try("acmecheck lab status shows it, acmecheck lab down ends it; --dir DIR, with ports of its own, is another one")
}
