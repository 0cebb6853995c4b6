package main

import (
	"net"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// The scripts are the specification of the command line. acmecheck in them is
// this test binary.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"acmecheck": func() { os.Exit(process()) }})
}

func TestScripts(t *testing.T) {
	fits := reportSchema(t)
	testscript.Run(t, testscript.Params{Dir: "testdata/script", RequireUniqueNames: true, Setup: func(e *testscript.Env) error {
		e.Setenv("HTTP_PORT", freePort(t))
		e.Setenv("TLS_PORT", freePort(t))
		return nil
	}, Cmds: map[string]func(*testscript.TestScript, bool, []string){
		"valid-report": func(ts *testscript.TestScript, _ bool, _ []string) { // the last stdout is one report
			ts.Check(fits([]byte(ts.ReadFile("stdout"))))
		},
	}})
}

// freePort is a port of loopback that nothing uses.
func freePort(t *testing.T) string {
	t.Helper()
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}
