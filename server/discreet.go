package main

import "strings"

// discreet is a word of the command line as messages repeat it. Of a URL that may hold a password there is no more than
// its kind: it may stand where nobody expects one, because the name of its flag was forgotten.
func discreet(word string) string {
	scheme, rest, isURL := strings.Cut(word, "://")
	if isURL && strings.ContainsAny(rest, "@?") {
		return scheme + "://..."
	}
	return word
}
