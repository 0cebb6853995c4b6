package main

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"github.com/acmecheck/acmecheck/probes"
)

// gather gathers targets as a command line does. They are told in a line each:
// methods@identifier file:line.
func gather(t *testing.T, o *checkOptions, stdin string, args ...string) (targets, notes []string, errs string, err error) {
	t.Helper()
	var c cobra.Command
	var told strings.Builder
	c.SetErr(&told)
	c.SetIn(strings.NewReader(stdin))
	all, err := o.targets(&c, args)
	for _, x := range all {
		line := string(x.Identifier)
		if x.All {
			line = "all@" + line
		}
		if len(x.Methods) > 0 {
			line = strings.ReplaceAll(list(x.Methods), " and ", "+") + "@" + line
		}
		if x.Source != (probes.Source{}) {
			line += " " + filepath.Base(placeOf(x.Source))
		}
		targets = append(targets, line)
		notes = append(notes, x.Notes...)
	}
	return targets, notes, told.String(), err
}

// write writes files of a test below a new directory.
func write(t *testing.T, files map[string]string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for name, text := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestTypedTargets(t *testing.T) {
	for _, tt := range []struct {
		name    string
		args    []string
		methods []string
		want    []string
	}{
		{"one", []string{"example.com"}, nil, []string{"example.com"}},
		{"several", []string{"a.example", "b.example"}, nil, []string{"a.example", "b.example"}},
		{"a list", []string{"a.example,b.example, c.example ,"}, nil, []string{"a.example", "b.example", "c.example"}},
		{"methods of a list", []string{"dns-01@a.example,b.example,http-01+tls-alpn-01@c.example,d.example", "e.example"}, nil, []string{
			"dns-01@a.example", "dns-01@b.example", "http-01+tls-alpn-01@c.example", "http-01+tls-alpn-01@d.example", "e.example",
		}},
		{"-m is for those without", []string{"a.example,dns-01@b.example", "c.example"}, []string{"http-01", "caa"}, []string{"http-01+caa@a.example", "dns-01@b.example", "http-01+caa@c.example"}},
		{"each once", []string{"A.example", "a.example.,b.example", "http-01+dns-01@a.example", "dns-01+http-01@a.example", "all@a.example"}, nil, []string{
			"a.example", "b.example", "http-01+dns-01@a.example", "all@a.example",
		}},
		{"addresses", []string{"192.0.2.1,2001:DB8::1,[2001:db8::1]"}, nil, []string{"192.0.2.1", "2001:db8::1"}},
		{"a URL", []string{"https://a.example/x"}, nil, []string{"a.example"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, _, errs, err := gather(t, &checkOptions{methods: tt.methods}, "", tt.args...)
			if err != nil || errs != "" {
				t.Fatal(err, errs)
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestListedTargets(t *testing.T) {
	dir := write(t, map[string]string{
		"hosts": "\ufeff# names\r\na.example\r\n\n  dns-01@*.b.example\t# a wildcard\na.example\nc.example,d.example\nb\u00fccher.example",
		// dehydrated's: the names of a certificate in a line, and its alias
		"domains.txt": "e.example www.e.example\n*.f.example > star_f\n",
		"empty":       "# nothing yet\n\n",
	})
	all := &checkOptions{sources: sources{lists: []string{dir + "/hosts", dir + "/domains.txt", "-"}}, methods: []string{"http-01"}}
	got, _, errs, err := gather(t, all, "g.example", "typed.example")
	if err != nil || errs != "" {
		t.Fatal(err, errs)
	}
	if d := cmp.Diff([]string{
		"http-01@typed.example", "http-01@a.example hosts:2", "dns-01@*.b.example hosts:4", "http-01@c.example hosts:6", "http-01@d.example hosts:6",
		"http-01@xn--bcher-kva.example hosts:7", "http-01@e.example domains.txt:1", "http-01@www.e.example domains.txt:1", "http-01@*.f.example domains.txt:2", "http-01@g.example standard input:1",
	}, got); d != "" {
		t.Error(d)
	}
	for name, o := range map[string]sources{
		"no target in what was named":         {lists: []string{dir + "/empty"}},
		"standard input was read already":     {lists: []string{"-", "-"}},
		"no such file":                        {lists: []string{dir + "/nowhere"}},
		"certbot renews nothing":              {certbot: write(t, map[string]string{"renewal/README": ""})},
		"nothing tells where mime.types is":   {nginx: "-"},
		"open /nowhere/nginx.conf":            {nginx: "/nowhere/nginx.conf"},
		"open /nowhere/renewal":               {certbot: "/nowhere"},
		"no target in what was named; no tar": {},
	} {
		if _, _, _, err := gather(t, &checkOptions{sources: o}, "include mime.types;"); err == nil || !strings.Contains(strings.ToLower(err.Error())+"; no tar", strings.ToLower(name)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// All that is no target is told of, each with its place; nothing is looked at.
func TestBadLinesAreToldTogether(t *testing.T) {
	dir := write(t, map[string]string{
		"list": "good.example\nftp-01@a.example\n" + strings.Repeat("x", longestLine+10) + "\n\n192.0.2.0/24\nesc\x1b[31m.example\n",
		"many": strings.Repeat("a@b@c\n", 200),
	})
	_, _, errs, err := gather(t, &checkOptions{sources: sources{lists: []string{dir + "/list"}}}, "")
	e, ok := errors.AsType[*exitError](err)
	if !ok || e.code != exitUsage || e.msg != "4 places were not understood, and nothing was looked at" {
		t.Errorf("%v", err)
	}
	for i, want := range []string{"list:2: unknown method \"ftp-01\"", "list:3: longer than 4096 octets", "list:5: \"192.0.2.0/24\" is a network", "list:6: "} {
		if lines := strings.Split(errs, "\n"); len(lines) != 5 || !strings.HasPrefix(lines[i], "acmecheck: error: "+dir) || !strings.Contains(lines[i], want) || strings.Contains(lines[i], "\x1b") {
			t.Errorf("want %q:\n%s", want, errs)
		}
	}
	_, _, errs, err = gather(t, &checkOptions{sources: sources{lists: []string{dir + "/many"}}}, "")
	if n := strings.Count(errs, "\n"); n != mostBadLines+1 || !strings.HasSuffix(errs, "and 150 more\n") || err == nil {
		t.Errorf("%d lines, %v", n, err)
	}
}

// A list without an end does not fill the memory.
func TestEndlessLists(t *testing.T) {
	var c cobra.Command
	c.SetErr(io.Discard)
	c.SetIn(&endless{n: 1 << 30})
	_, err := (&checkOptions{sources: sources{nginx: "-"}}).targets(&c, nil)
	if err == nil || !strings.Contains(err.Error(), "longer than 16 MiB") {
		t.Error(err)
	}
	c.SetIn(&endless{n: mostTargets + 1})
	_, err = (&checkOptions{sources: sources{lists: []string{"-"}}}).targets(&c, nil)
	if err == nil || !strings.Contains(err.Error(), "more than 10000 targets") {
		t.Error(err)
	}
}

func TestNginxNames(t *testing.T) {
	conf := map[string]string{
		"nginx.conf": `user www-data;
include modules/*.conf;   # none is there
http {
	include mime.types;
	map $host $x { default "}"; ~^(?<a>\w{2}) $a; }
	log_format main '$remote_addr "it''s"; server_name no.example;';
	include "sites/*.conf";
	server { listen 80 default_server; server_name _; return 444; }
	server { server_name "" localhost backend; }
}
`,
		"mime.types": "types { text/html html; }",
		"sites/a.conf": `# server_name commented.example;
server {
	server_name a.example www.a.example
		.b.example   # and what is below it
		*.c.example 'quoted.example' "two.example";
	location ~ \.php$ { set $y "${x}_server_name no.example"; fastcgi_pass unix:/run/php.sock; }
	location / { content_by_lua_block { ngx.say("it's } here"); -- don't
		if a then { server_name = "lua.example"; } end
	} }
}
server {server_name ~^www\d+\.example$ mail.* ${host}.x.example a.example;}
`,
		"sites/b.conf": "include sites/b.conf;\nserver { server_name 192.0.2.7 b\u00fccher.example; }\nserver { server_name unfinished.example",
	}
	dir := write(t, conf)
	got, notes, errs, err := gather(t, &checkOptions{sources: sources{nginx: dir + "/nginx.conf"}}, "")
	if err != nil || errs != "" {
		t.Fatal(err, errs)
	}
	want := []string{
		"a.example a.conf:3", "www.a.example a.conf:3", "b.example a.conf:4", "*.c.example a.conf:5", "quoted.example a.conf:5", "two.example a.conf:5",
		"192.0.2.7 b.conf:2", "xn--bcher-kva.example b.conf:2",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if n := strings.Join(notes, "\n"); strings.Count(n, "was left out") != 3 || !strings.Contains(n, `a.conf:11: server_name ~^www\d+\.example$ stands for`) {
		t.Errorf("notes: %s", n)
	}

	// nginx -T is the same without files.
	var dump strings.Builder
	dump.WriteString("nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\n")
	for _, f := range []string{"nginx.conf", "mime.types", "sites/a.conf", "sites/b.conf"} {
		dump.WriteString("# configuration file " + dir + "/" + f + ":\n" + conf[f] + "\n")
	}
	again, _, errs, err := gather(t, &checkOptions{sources: sources{nginx: "-"}}, dump.String())
	if err != nil || errs != "" {
		t.Fatal(err, errs)
	}
	if d := cmp.Diff(want, again); d != "" {
		t.Errorf("nginx -T: %s", d)
	}
}

func TestNginxTrouble(t *testing.T) {
	dir := write(t, map[string]string{"nginx.conf": "include nowhere.conf;\ninclude [;\nserver { server_name a.example \"exa mple.com\"; }"})
	_, _, errs, err := gather(t, &checkOptions{sources: sources{nginx: dir + "/nginx.conf"}}, "")
	if err == nil || strings.Count(errs, "\n") != 3 || !strings.Contains(errs, "nginx.conf:1: ") || !strings.Contains(errs, "nginx.conf:2: ") || !strings.Contains(errs, "nginx.conf:3: ") {
		t.Errorf("%v\n%s", err, errs)
	}
}

// Whatever a file holds, reading it ends.
func FuzzNginx(f *testing.F) {
	f.Add("server { server_name a.example 'b.example' \"c\\\"\"; }")
	f.Add("# configuration file /x:\n${a}}{;x_by_lua_block{{}")
	f.Add("a \\")
	f.Fuzz(func(t *testing.T, text string) {
		l := nginxLexer{text: text, dump: strings.Contains(text, "dump")}
		for words := 0; ; words++ {
			if len(l.directive()) == 0 {
				break
			}
			if words > len(text) {
				t.Fatal("more directives than octets")
			}
		}
	})
}

// nginx itself takes a configuration apart as we do: what it dumps names the same
// targets, at the same places.
func TestNginxsOwnDump(t *testing.T) {
	nginx, err := exec.LookPath("nginx")
	if err != nil {
		t.Skip("needs nginx")
	}
	dir := write(t, map[string]string{
		"nginx.conf": "pid nginx.pid;\nerror_log stderr;\nevents {}\nhttp {\n\taccess_log off;\n\tserver_names_hash_bucket_size 128;\n\tinclude conf/*.conf;\n}\n",
		"conf/a.conf": `map $host $x { default "};server_name no.example;"; "~^(?<a>\w{2})" "$a}"; x y}; }
server {
	listen 8081; # server_name commented.example;
	server_name a.example "www.a.example" 'b.example'
		*.c.example .d.example e.example;
	if ($x ~ "^}{;\"$") { return 404; }
	location ~ \.php$ { set $y "${x}\" server_name no.example;"; return 404; }
}
server { listen 8081; server_name "~^w\d{1,3}\.f\.example$" g.*; include conf/more; }
`,
		"conf/more": "server_name h.example;",
	})
	c := exec.CommandContext(t.Context(), nginx, "-T", "-p", dir, "-c", dir+"/nginx.conf")
	dump, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, dump)
	}
	files, _, errs, err := gather(t, &checkOptions{sources: sources{nginx: dir + "/nginx.conf"}}, "")
	if err != nil || errs != "" || len(files) != 7 {
		t.Fatal(files, err, errs)
	}
	dumped, _, errs, err := gather(t, &checkOptions{sources: sources{nginx: "-"}}, string(dump))
	if d := cmp.Diff(files, dumped); d != "" || err != nil || errs != "" {
		t.Error(d, err, errs)
	}
	want := []string{"a.example a.conf:4", "www.a.example a.conf:4", "b.example a.conf:4", "*.c.example a.conf:5", "d.example a.conf:5", "e.example a.conf:5", "h.example more:1"}
	if d := cmp.Diff(want, files); d != "" {
		t.Error(d)
	}
}
