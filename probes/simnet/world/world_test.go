package world

import (
	"path/filepath"
	"testing"
)

func TestParseConformanceWorlds(t *testing.T) {
	files, err := filepath.Glob("../../../testdata/conformance/worlds/*.world")
	if err != nil || len(files) < 300 {
		t.Fatalf("%d worlds, %v", len(files), err)
	}
	for _, f := range files {
		if _, err := Load(f); err != nil {
			t.Error(err)
		}
	}
}
