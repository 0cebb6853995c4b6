package main

// This file is about single words: values as a flag takes them, and what
// somebody meant.

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes/meant"
)

// flagTexts is a value of TOML as a flag takes it: one text, or a list of them.
func flagTexts(v any) (one string, list []string, ok bool) {
	many, ok := v.([]any)
	if !ok {
		one, ok = scalar(v)
		return one, nil, ok
	}
	list = []string{}
	for _, e := range many {
		text, ok := scalar(e)
		if !ok {
			return "", nil, false
		}
		list = append(list, text)
	}
	return "", list, true
}

func scalar(v any) (string, bool) {
	switch v.(type) {
	case string, bool, int64, float64:
		return fmt.Sprint(v), true
	}
	return "", false
}

// unknown is the error of a word that is none of those known.
func unknown(word, is string, known []string) *exitError {
	if near := meant.Word(word, known); near != "" {
		return usage("%s %s", word, is).try("did you mean %s?", near)
	}
	return usage("%s %s", word, is).try("it is the name of a flag, with _ for -: acmecheck --help lists them")
}
