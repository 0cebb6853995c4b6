package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A shell that reads our script has to complete commands, arguments and flags.
func TestCompletion(t *testing.T) {
	const bashCompletion = "/usr/share/bash-completion/bash_completion"
	shells := map[string]struct{ needs, script string }{
		"bash": {bashCompletion, `. ` + bashCompletion + `
			. ./completion
			complete_line() {
				COMP_LINE=$*; COMP_POINT=${#COMP_LINE}; COMP_WORDS=($*); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
				COMPREPLY=(); __start_acmecheck; printf '%s\n' "${COMPREPLY[@]}"
			}
			complete_line acmecheck dem; complete_line acmecheck demo redirect-44; complete_line acmecheck check --treat-as`},
		"zsh": {"", `compdef() { :; }; . ./completion; whence -w _acmecheck
			acmecheck __complete dem; acmecheck __complete demo redirect-44; acmecheck __complete check --treat-as`},
		"fish": {"", `source ./completion
			complete -C "acmecheck dem"; complete -C "acmecheck demo redirect-44"; complete -C "acmecheck check --treat-as"`},
	}
	for shell, s := range shells {
		t.Run(shell, func(t *testing.T) {
			if _, err := exec.LookPath(shell); err != nil {
				t.Skipf("needs %s", shell)
			}
			if _, err := os.Stat(s.needs); s.needs != "" && err != nil {
				t.Skip("needs bash-completion")
			}
			dir := shellDir(t)
			if err := os.WriteFile(filepath.Join(dir, "completion"), []byte(runOK(t, "completion", shell)), 0o600); err != nil {
				t.Fatal(err)
			}
			out, err := inShell(t, dir, shell, "-c", s.script).CombinedOutput()
			if err != nil {
				t.Errorf("%v\n%s", err, out)
			}
			for _, want := range []string{"\ndemo", "\nredirect-4434", "\n--treat-as-public"} {
				if !strings.Contains("\n"+string(out), want) {
					t.Errorf("no %q in:\n%s", want, out)
				}
			}
		})
	}
}
