package lab_test

// Recipes are documents that people copy from. Their tests take the very bytes
// out of docs/recipes and run them.

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const recipes = "../docs/recipes/"

// A recipe is what there is to copy in a document. A comment before each fence
// says what it is:
//
//	<!-- file: PATH -->    a file
//	<!-- run: NAME -->     commands
//	<!-- not run: WHY -->  commands that no test runs
type recipe struct {
	files map[string]string // by path
	runs  map[string]string // by name
}

var marked = regexp.MustCompile(`(?ms)^(?:<!-- (file|run|not run): ([^\n]+) -->\n)?` + "```" + `\w*\n(.*?)^` + "```" + `$`)

// newRecipe takes a document apart.
func newRecipe(t *testing.T, name string) recipe {
	t.Helper()
	b, err := os.ReadFile(recipes + name)
	if err != nil {
		t.Fatal(err)
	}
	r := recipe{map[string]string{}, map[string]string{}}
	for _, m := range marked.FindAllStringSubmatch(string(b), -1) {
		kind, what, text := m[1], m[2], m[3]
		switch kind {
		case "file":
			r.files[what] = text
		case "run":
			r.runs[what] = text
		case "":
			t.Errorf("%s: nothing says what this is:\n%s", name, text)
		}
	}
	if n := strings.Count(string(b), "\n<!-- "); n != len(marked.FindAllString(string(b), -1)) {
		t.Errorf("%s: %d comments, and not as many blocks", name, n)
	}
	return r
}

// file is the text of a file that a test needs.
func (r recipe) file(t *testing.T, path string) string {
	t.Helper()
	if r.files[path] == "" {
		t.Fatalf("no file %s", path)
	}
	return r.files[path]
}

// Every block of every document says what becomes of it.
func TestRecipes(t *testing.T) {
	t.Parallel()
	all, err := filepath.Glob(recipes + "*.md")
	if err != nil || len(all) == 0 {
		t.Fatal(all, err)
	}
	for _, path := range all {
		newRecipe(t, filepath.Base(path))
	}
}
