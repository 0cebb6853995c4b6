package render

// This file makes text fit for Markdown as forums read it: CommonMark, with
// GitHub's tables and with links made of bare names, mentions and emoji.

import (
	"regexp"
	"strings"
)

// codeMost is how many runes of a text stand in a line.
const codeMost = 300

// plain is a word that no Markdown reads as anything else: letters, perhaps
// with hyphens, a number or a date, and punctuation around them.
var plain = regexp.MustCompile(`^[("]*(?:\p{L}[\p{L}\p{M}]*(?:['’-]\p{L}+)*|\d+(?:\.\d+|(?:-\d+)*))[)",.;:!?]*$`)

// code is text as a code span that nothing in it ends.
func code(s string) string {
	s = Safe(s, codeMost)
	if strings.TrimSpace(s) == "" {
		return ""
	}
	fence, pad := ticks(s, 1), ""
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") || strings.HasPrefix(s, " ") && strings.HasSuffix(s, " ") {
		pad = " "
	}
	return fence + pad + s + pad + fence
}

// ticks are as many backticks as do not stand in a text, at least least.
func ticks(s string, least int) string {
	longest, run := least-1, 0
	for _, r := range s {
		if r != '`' {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return strings.Repeat("`", longest+1)
}

// prose is text in which every word that is not plain is code: what has a dot,
// a slash, or anything that Markdown or HTML could take for its own. Punctuation
// around it is left out of it.
func prose(s string) string {
	words := strings.Fields(Safe(s, longText))
	for i, word := range words {
		core := strings.Trim(word, `("),.;:!?`)
		if core == "" || plain.MatchString(word) {
			continue
		}
		if at := strings.Index(word, core); balanced(core) {
			words[i] = word[:at] + code(core) + word[at+len(core):]
		} else {
			words[i] = code(word)
		}
	}
	return strings.Join(words, " ")
}

// balanced reports whether trimming has torn no pair apart.
func balanced(s string) bool {
	return strings.Count(s, "(") == strings.Count(s, ")") && strings.Count(s, `"`)%2 == 0
}
