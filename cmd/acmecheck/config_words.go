package main

// This file is about single words: values as a flag takes them, and what
// somebody meant.

import "fmt"

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
	if near := meant(word, known); near != "" {
		return usage("%s %s", word, is).try("did you mean %s?", near)
	}
	return usage("%s %s", word, is).try("it is the name of a flag, with _ for -: acmecheck --help lists them")
}

// meant is the word that is nearest to a misspelt one; empty: none is near.
func meant(word string, known []string) string {
	best, least := "", max(2, len(word)/3)+1
	for _, k := range known {
		if d := distance(word, k); d < least {
			best, least = k, d
		}
	}
	return best
}

// distance is Levenshtein's, of short words.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}
