package main

// This file plays the role of acmecheck with Boulder itself, so that the
// instrument can be measured: "oracle compare -bin bin/oracle" has to reach
// 100 %.

import (
	"context"
	"encoding/json"
	"flag"
	"strings"

	"github.com/acmecheck/acmecheck/conformance/boulder"
	"github.com/acmecheck/acmecheck/conformance/compare"
	"github.com/acmecheck/acmecheck/conformance/node"
	"github.com/acmecheck/acmecheck/conformance/verdict"
	"github.com/acmecheck/acmecheck/probes/simnet/world"
)

func validate(ctx context.Context, args []string) error {
	w := &world.World{Check: "both"}
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		w.Method, w.Identifier, _ = strings.Cut(args[0], "@")
		args = args[1:]
	}
	fs := flag.NewFlagSet("validate", flag.ContinueOnError)
	file := fs.String("world", "", "")
	keyAuthorization := fs.String("key-authorization", "", "")
	resolver := fs.String("resolver", "", "")
	fs.StringVar(&w.Token, "token", "", "")
	fs.StringVar(&w.Account, "account-uri", "", "")
	fs.String("treat-as-public", "", "")
	fs.String("format", "", "")
	if fs.Parse(args) != nil {
		return errUsage
	}
	w.Thumbprint = strings.TrimPrefix(*keyAuthorization, w.Token+".")
	var v *verdict.Verdict
	var err error
	if *file != "" {
		v, err = inWorld(ctx, *file)
	} else {
		v, err = here(ctx, w, *resolver)
	}
	if err != nil {
		return err
	}
	if v.Problem != nil {
		v.Problem.Type = compare.URN + v.Problem.Type
	}
	return json.NewEncoder(stdout).Encode(map[string]any{"valid": v.Valid, "problem": v.Problem})
}

// inWorld validates in a node.
func inWorld(ctx context.Context, file string) (*verdict.Verdict, error) {
	n, err := node.Start(ctx)
	if err != nil {
		return nil, err
	}
	defer n.Stop()
	return n.Record(ctx, file)
}

// here validates in the network that there is.
func here(ctx context.Context, w *world.World, resolver string) (*verdict.Verdict, error) {
	doh := node.StartDoH(resolver)
	defer doh.Close()
	ca, err := boulder.New(doh.Address, doh.Roots)
	if err != nil {
		return nil, err
	}
	v, err := ca.VA(world.Perspective{Name: world.Primary}, nil)
	if err != nil {
		return nil, err
	}
	return boulder.Validate(ctx, w, v)
}
