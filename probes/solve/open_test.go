package solve_test

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/acmecheck/acmecheck/probes/solve"
	"github.com/acmecheck/acmecheck/probes/wire"
)

const tsigKey = `key "acme-key." {
	algorithm hmac-sha512;
	secret "ETcBKOJuRQS26iFRd5i9FWiqKesFl2uUB18H9C9Tk8o=";
};
`

// place writes a file and returns its name.
func place(t *testing.T, text string, mode os.FileMode) string {
	t.Helper()
	f := filepath.Join(t.TempDir(), "file")
	must(t, os.WriteFile(f, []byte(text), mode))
	must(t, os.Chmod(f, mode))
	return f
}

func TestOpen(t *testing.T) {
	n := &wire.Net{}
	e := solve.Environment{Net: n, Environ: []string{"T=tok", "AWS_ACCESS_KEY_ID=id", "AWS_SECRET_ACCESS_KEY=sec"}, In: strings.NewReader(""), Out: io.Discard}
	keyFile, token := place(t, tsigKey, 0o600), place(t, " from-a-file\n", 0o600)
	profile := place(t, "[default]\naws_access_key_id=x\n# c\n[ci]\naws_access_key_id = AKIA\naws_secret_access_key = s=s\n", 0o600)
	key := solve.TSIGKey{Name: "acme-key.", Algorithm: "hmac-sha512", Secret: "ETcBKOJuRQS26iFRd5i9FWiqKesFl2uUB18H9C9Tk8o="}
	for _, tt := range []struct {
		name, config string
		want         solve.Solver
	}{
		{"webroot", `directory = "/var/www"`, &solve.Webroot{Dir: "/var/www"}},
		{"rfc2136", "server = \"ns1.example.com\"\nzone = \"Example.com.\"\nttl = 5\nkey_file = '" + keyFile + "'", &solve.RFC2136{Net: n, Server: "ns1.example.com", Zone: "example.com", TTL: 5, Key: key}},
		{"rfc2136", "server = \"ns1\"\nkey = \"k\"\nsecret_env = \"AWS_SECRET_ACCESS_KEY\"\nzone = \"\"", nil},
		{"cloudflare", "token_file = '" + token + "'\nzone_id = \"z\"", &solve.Cloudflare{Token: "from-a-file", ZoneID: "z"}},
		{"cloudflare", `token_env = "T"`, &solve.Cloudflare{Token: "tok"}},
		{"route53", "", &solve.Route53{Credentials: solve.AWSCredentials{AccessKeyID: "id", SecretAccessKey: "sec"}}},
		{"route53", "profile = \"ci\"\ncredentials_file = '" + profile + "'", &solve.Route53{Credentials: solve.AWSCredentials{AccessKeyID: "AKIA", SecretAccessKey: "s=s"}}},
		{"acme-dns", "server = \"https://auth.example.org\"\naccounts = \"/none\"", &solve.ACMEDNS{Server: "https://auth.example.org", Accounts: "/none"}},
		{"hooks", "auth = \"a\"\ntimeout = \"90s\"", &solve.Certbot{Auth: "a", Environ: e.Environ, Timeout: 90e9}},
		{"exec", "program = \"/p\"\nmode = \"RAW\"", &solve.Lego{Program: "/p", Raw: true, Environ: e.Environ}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, warnings, err := e.Open(tt.name, strings.NewReader(tt.config))
			if tt.want == nil {
				wants(t, err, "not base64")
				return
			}
			if err != nil || len(warnings) > 0 {
				t.Fatalf("%v, warnings %v", err, warnings)
			}
			if d := cmp.Diff(tt.want, got, exported()); d != "" {
				t.Errorf("(-want +got)\n%s", d)
			}
		})
	}
}

// exported compares by exported fields, and secrets by what they are.
func exported() cmp.Option {
	return cmp.FilterPath(func(p cmp.Path) bool {
		f, ok := p.Index(-1).(cmp.StructField)
		return ok && strings.ToLower(f.Name()[:1]) == f.Name()[:1]
	}, cmp.Ignore())
}

func TestOpenIsStrict(t *testing.T) {
	e := solve.Environment{Net: &wire.Net{}}
	for _, tt := range []struct{ name, config, want, hint string }{
		{"rfc2163", "", `there is no solver "rfc2163"`, "did you mean rfc2136?"},
		{"rfc2136", `sever = "x"`, "unknown key sever", "did you mean server?"},
		{"rfc2136", `secret = "hunter2"`, "secrets do not stand in here", "secret_file"},
		{"cloudflare", `token = "hunter2"`, "secrets do not stand in here", "token_env"},
		{"cloudflare", `token_env = "NOT_SET"`, "NOT_SET is not set", ""},
		{"cloudflare", "", "no token is given", ""},
		{"cloudflare", "token_env = \"A\"\ntoken_file = \"B\"", "not in both", ""},
		{"webroot", `directory = `, "line 1", ""},
		{"webroot", "[a]\nb = 1", "unknown key a", "directory"},
		{"manual", "x = 1", "unknown key x", "nothing to configure"},
		{"manual", "", "nobody is there", ""},
		{"hooks", "auth = \"a\"\ntimeout = \"-1s\"", "not positive", ""},
		{"exec", "program = \"a\"\nmode = \"raw\"", "RAW", ""},
		{"acme-dns", "server = \"http://auth.example.org\"\naccounts = \"/none\"", "in the clear", ""},
		{"rfc2136", "server = \"a\"\nkey = \"k\"\nalgorithm = \"hmac-md5\"\nsecret_env = \"K\"", "K is not set", ""},
		{"webroot", strings.Repeat("#", 1<<20+1), "more than 1048576 octets", ""},
	} {
		t.Run(tt.name+" "+tt.want, func(t *testing.T) {
			_, _, err := e.Open(tt.name, strings.NewReader(tt.config))
			wants(t, err, tt.want)
			if hint := solve.Hint(err); !strings.Contains(hint, tt.hint) {
				t.Errorf("hint %q, want %q", hint, tt.hint)
			}
			if strings.Contains(err.Error()+solve.Hint(err), "hunter2") {
				t.Errorf("the secret shows: %v", err)
			}
		})
	}
}

func TestOpenWarns(t *testing.T) {
	f := place(t, "tok", 0o644)
	_, warnings, err := solve.Environment{}.Open("cloudflare", strings.NewReader("token_file = '"+f+"'"))
	must(t, err)
	if os.PathSeparator == '/' && (len(warnings) != 1 || !strings.Contains(warnings[0], "mode 0644: make it 0600")) {
		t.Errorf("warnings %q", warnings)
	}
}

// No configuration crashes, and none shows a secret that it names.
func FuzzOpen(f *testing.F) {
	f.Add("rfc2136", "server = \"a\"\nkey_file = \"b\"")
	f.Add("cloudflare", "token_env = \"T\"\nzone_id = \"z\"")
	f.Add("hooks", "auth = \"a\"\ntimeout = \"1s\"")
	e := solve.Environment{Environ: []string{"T=hunter2-hunter2"}}
	f.Fuzz(func(t *testing.T, name, config string) {
		s, warnings, err := e.Open(name, strings.NewReader(config))
		if (s == nil) == (err == nil) {
			t.Errorf("solver %v and error %v", s, err)
		}
		if err != nil && !strings.Contains(config, "hunter2") && strings.Contains(err.Error()+solve.Hint(err)+strings.Join(warnings, ""), "hunter2") {
			t.Errorf("a secret shows: %v", err)
		}
	})
}

// A key that was read is whole, and an error quotes nothing of the file.
func FuzzKeyFiles(f *testing.F) {
	f.Add([]byte(tsigKey))
	f.Add([]byte("[default]\naws_access_key_id = A\naws_secret_access_key = hunter2\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		k, err := solve.BINDKey(file)
		if err == nil && (k.Name == "" || k.Algorithm == "" || k.Secret == "") {
			t.Errorf("half a key: %v", k)
		}
		a, failed := solve.AWSProfile(file, "default")
		if failed == nil && (a.AccessKeyID == "" || a.SecretAccessKey == "") {
			t.Errorf("half a key: %v", a)
		}
		for _, err := range []error{err, failed} {
			if err != nil && strings.Contains(err.Error(), "hunter2") {
				t.Error(err)
			}
		}
	})
}
