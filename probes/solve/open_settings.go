package solve

// This file is what can be configured of each solver.

import (
	"errors"
	"fmt"
	"path/filepath"
	"time"
)

// settings are the keys of a solver's configuration.
type settings interface {
	open(o *opener) (Solver, error)
}

var kinds = map[string]func() settings{
	"webroot":    func() settings { return &webrootSettings{} },
	"rfc2136":    func() settings { return &rfc2136Settings{} },
	"acme-dns":   func() settings { return &acmednsSettings{} },
	"hooks":      func() settings { return &hooksSettings{} },
	"exec":       func() settings { return &execSettings{} },
	"cloudflare": func() settings { return &cloudflareSettings{} },
	"route53":    func() settings { return &route53Settings{} },
	"manual":     func() settings { return &manualSettings{} },
	"persist":    func() settings { return &persistSettings{} },
}

type webrootSettings struct {
	Directory string `toml:"directory"`
}

func (c *webrootSettings) open(*opener) (Solver, error) {
	if c.Directory == "" {
		return nil, errors.New("directory is not set")
	}
	return &Webroot{Dir: c.Directory}, nil
}

type rfc2136Settings struct {
	Server     string `toml:"server"`
	KeyFile    string `toml:"key_file"` // a key clause of BIND
	Key        string `toml:"key"`
	Algorithm  string `toml:"algorithm"`
	SecretFile string `toml:"secret_file"`
	SecretEnv  string `toml:"secret_env"`
	Zone       string `toml:"zone"`
	TTL        uint32 `toml:"ttl"`
}

func (c *rfc2136Settings) open(o *opener) (Solver, error) {
	if c.Server == "" {
		return nil, errors.New("server is not set")
	}
	k, err := c.key(o)
	if err == nil {
		err = k.check()
	}
	if err != nil {
		return nil, err
	}
	return &RFC2136{Net: o.Net, Server: c.Server, Key: k, Zone: plain(c.Zone), TTL: c.TTL}, nil
}

func (c *rfc2136Settings) key(o *opener) (TSIGKey, error) {
	named := c.Key != "" || c.SecretFile != "" || c.SecretEnv != "" || c.Algorithm != ""
	switch {
	case c.KeyFile != "" && named:
		return TSIGKey{}, errors.New("the key is in key_file or in the other keys, not in both")
	case c.KeyFile != "":
		b, err := o.private(c.KeyFile)
		if err != nil {
			return TSIGKey{}, err
		}
		k, err := bindKey(b)
		if err != nil {
			return k, fmt.Errorf("%s: %w", c.KeyFile, err)
		}
		return k, nil
	case !named:
		return TSIGKey{}, nil // the server may go by our address
	case c.Key == "":
		return TSIGKey{}, errors.New("key, the name of the key, is not set")
	}
	secret, err := o.secret("secret of the key", c.SecretFile, c.SecretEnv)
	return TSIGKey{Name: c.Key, Algorithm: c.Algorithm, Secret: secret}, err
}

type acmednsSettings struct {
	Server   string `toml:"server"`
	Accounts string `toml:"accounts"`
}

func (c *acmednsSettings) open(o *opener) (Solver, error) {
	if c.Server == "" || c.Accounts == "" {
		return nil, errors.New("server, the URL, or accounts, the file, is not set")
	}
	o.warn(c.Accounts)
	return &ACMEDNS{Server: c.Server, Accounts: c.Accounts, HTTP: o.HTTP}, checkURL(c.Server)
}

type hooksSettings struct {
	Auth    string   `toml:"auth"`
	Cleanup string   `toml:"cleanup"`
	Timeout duration `toml:"timeout"`
}

func (c *hooksSettings) open(o *opener) (Solver, error) {
	if c.Auth == "" {
		return nil, errors.New("auth, the command line, is not set")
	}
	return &Certbot{Auth: c.Auth, Cleanup: c.Cleanup, Environ: o.Environ, Timeout: time.Duration(c.Timeout)}, nil
}

type execSettings struct {
	Program string   `toml:"program"`
	Mode    string   `toml:"mode"`
	Timeout duration `toml:"timeout"`
}

func (c *execSettings) open(o *opener) (Solver, error) {
	switch {
	case c.Program == "":
		return nil, errors.New("program is not set")
	case c.Mode != "" && c.Mode != "RAW":
		return nil, fmt.Errorf("the mode is RAW or not set, not %q", short(c.Mode))
	}
	raw := c.Mode == "RAW" || c.Mode == "" && o.getenv("EXEC_MODE") == "RAW"
	return &Lego{Program: c.Program, Raw: raw, Environ: o.Environ, Timeout: time.Duration(c.Timeout)}, nil
}

type cloudflareSettings struct {
	TokenFile string `toml:"token_file"`
	TokenEnv  string `toml:"token_env"`
	ZoneID    string `toml:"zone_id"`
	URL       string `toml:"url"`
}

func (c *cloudflareSettings) open(o *opener) (Solver, error) {
	token, err := o.secret("token", c.TokenFile, c.TokenEnv, "CLOUDFLARE_API_TOKEN", "CLOUDFLARE_DNS_API_TOKEN", "CF_DNS_API_TOKEN")
	if err == nil && c.URL != "" {
		err = checkURL(c.URL)
	}
	return &Cloudflare{Token: token, ZoneID: c.ZoneID, URL: c.URL, HTTP: o.HTTP}, err
}

type route53Settings struct {
	HostedZoneID    string `toml:"hosted_zone_id"`
	CredentialsFile string `toml:"credentials_file"` // like ~/.aws/credentials
	Profile         string `toml:"profile"`
	Region          string `toml:"region"`
	URL             string `toml:"url"`
	TTL             uint32 `toml:"ttl"`
}

func (c *route53Settings) open(o *opener) (Solver, error) {
	k, err := c.credentials(o)
	if err == nil && c.URL != "" {
		err = checkURL(c.URL)
	}
	return &Route53{Credentials: k, HostedZoneID: c.HostedZoneID, URL: c.URL, Region: c.Region, TTL: c.TTL, HTTP: o.HTTP}, err
}

// credentials are those of the file if one is named, of the environment if it
// has any, or of the file that AWS' own tools use.
func (c *route53Settings) credentials(o *opener) (AWSCredentials, error) {
	k := AWSCredentials{o.getenv("AWS_ACCESS_KEY_ID"), Secret(o.getenv("AWS_SECRET_ACCESS_KEY")), Secret(o.getenv("AWS_SESSION_TOKEN"))}
	file, profile := c.CredentialsFile, c.Profile
	switch {
	case file == "" && profile == "" && k.AccessKeyID != "" && k.SecretAccessKey != "":
		return k, nil
	case file == "":
		if file = o.getenv("AWS_SHARED_CREDENTIALS_FILE"); file == "" {
			file = filepath.Join(o.getenv("HOME"), ".aws", "credentials")
		}
	}
	if profile == "" {
		if profile = o.getenv("AWS_PROFILE"); profile == "" {
			profile = "default"
		}
	}
	b, err := o.private(file)
	if err != nil {
		return k, fault("set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or credentials_file", "no AWS credentials: %w", err)
	}
	if k, err = awsProfile(b, profile); err != nil {
		return k, fmt.Errorf("%s: %w", file, err)
	}
	return k, nil
}

type manualSettings struct{}

func (*manualSettings) open(o *opener) (Solver, error) {
	if o.In == nil || o.Out == nil {
		return nil, errors.New("nobody is there to do it")
	}
	return &Manual{In: o.In, Out: o.Out}, nil
}

type persistSettings struct{}

func (*persistSettings) open(o *opener) (Solver, error) {
	if o.Out == nil {
		return nil, errors.New("there is nowhere to print the record")
	}
	return &Persist{Out: o.Out}, nil
}
