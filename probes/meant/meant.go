// Package meant guesses what somebody meant who misspelt a word.
package meant

// Word is the one of the known words that is nearest to a misspelt one, if it is
// near enough to be worth a question; empty: none is. Of several the first is.
func Word(misspelt string, known []string) string {
	best, least := "", min(max(2, len(misspelt)/3)+1, len(misspelt))
	for _, k := range known {
		if d := distance(misspelt, k); d < least {
			best, least = k, d
		}
	}
	return best
}

// distance counts the octets to change, add or take away (Levenshtein).
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
