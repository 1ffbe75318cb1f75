package rest

import "encoding/base64"

// cursorAfter is the cursor of the page behind a key.
func cursorAfter(key string) string { return base64.RawURLEncoding.EncodeToString([]byte(key)) }

// cursorOf reads the key that a page begins behind.
func cursorOf(after string) (string, error) {
	b, err := base64.RawURLEncoding.DecodeString(after)
	if err != nil {
		return "", badField("after", "The cursor "+quoted(after)+" is not one of ours. Nothing was read; begin without one.")
	}
	return string(b), nil
}
