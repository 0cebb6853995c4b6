package solve

// This file is how Route 53 writes things down, and where access keys are kept.

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"strings"
)

// A recordSet is all the records of a name and a type. What we do not know of
// it we do not write: sets with more to them are left alone.
type recordSet struct {
	Name          string
	Type          string
	SetIdentifier string    `xml:",omitempty"`
	Alias         *struct{} `xml:"AliasTarget,omitempty"`
	TTL           uint32
	Values        []recordValue `xml:"ResourceRecords>ResourceRecord"`
}

type recordValue struct{ Value string }

func (s recordSet) values() []string {
	var out []string
	for _, v := range s.Values {
		out = append(out, v.Value)
	}
	return out
}

type change struct {
	Action string
	Set    recordSet `xml:"ResourceRecordSet"`
}

type changeRequest struct {
	XMLName xml.Name `xml:"https://route53.amazonaws.com/doc/2013-04-01/ ChangeResourceRecordSetsRequest"`
	Changes []change `xml:"ChangeBatch>Changes>Change"`
}

// route53Error reads an error, of which there are two forms.
func route53Error(body []byte) (code, message string) {
	var e struct {
		Code     string   `xml:"Error>Code"`
		Message  string   `xml:"Error>Message"`
		Messages []string `xml:"Messages>Message"` // of InvalidChangeBatch
	}
	if xml.Unmarshal(body, &e) != nil {
		return "", ""
	}
	if len(e.Messages) > 0 {
		return "InvalidChangeBatch", e.Messages[0]
	}
	return e.Code, e.Message
}

// busy are refusals that come with a status of 400 and pass by themselves.
func busy(code string) bool {
	return code == "Throttling" || code == "PriorRequestNotComplete"
}

func route53Advice(err error) error {
	e, ok := errors.AsType[*APIError](err)
	if !ok {
		return err
	}
	switch e.Code {
	case "AccessDenied":
		e.Advice = "let the key do route53:ListHostedZonesByName, ListResourceRecordSets, ChangeResourceRecordSets and GetChange"
	case "InvalidClientTokenId", "SignatureDoesNotMatch":
		e.Advice = "check the access key and its secret, and this machine's clock"
	case "ExpiredToken":
		e.Advice = "the credentials are temporary and have expired: get new ones"
	}
	return e
}

// awsProfile reads a profile of a shared credentials file
// (~/.aws/credentials).
func awsProfile(file []byte, profile string) (AWSCredentials, error) {
	var c AWSCredentials
	section := ""
	lines := bufio.NewScanner(bytes.NewReader(file))
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if name, ok := strings.CutPrefix(line, "["); ok {
			section = strings.TrimSpace(strings.TrimPrefix(strings.TrimSuffix(name, "]"), "profile "))
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		if !ok || section != profile || strings.HasPrefix(line, "#") {
			continue
		}
		switch value = strings.TrimSpace(value); strings.ToLower(strings.TrimSpace(name)) {
		case "aws_access_key_id":
			c.AccessKeyID = value
		case "aws_secret_access_key":
			c.SecretAccessKey = Secret(value)
		case "aws_session_token":
			c.SessionToken = Secret(value)
		}
	}
	if c.AccessKeyID == "" || c.SecretAccessKey == "" {
		return c, fmt.Errorf("no access key and secret in the profile %q", profile)
	}
	return c, nil
}
