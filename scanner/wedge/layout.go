package wedge

import (
	"strings"

	"bayledger/scanner/gs1"
)

// Layout is the keyboard layout of the host, where the reader types for a US keyboard. The zero
// Layout changes nothing.
type Layout string

const (
	AZERTY Layout = "azerty" // French
	QWERTZ Layout = "qwertz" // German
)

// What a US key gives on the host, key by key, in the same order.
const usKeys = "1234567890-=qwertyuiop[]asdfghjkl;'\\zxcvbnm,./!@#$%^&*()_+QWERTYUIOP{}ASDFGHJKL:\"|ZXCVBNM<>?"

var layouts = map[Layout]map[rune]rune{
	AZERTY: keyMap("&é\"'(-è_çà)=azertyuiop^$qsdfghjklmù*wxcvbn,;:!1234567890°+AZERTYUIOP¨£QSDFGHJKLM%µWXCVBN?./§"),
	QWERTZ: keyMap("1234567890ß´qwertzuiopü+asdfghjklöä#yxcvbnm,.-!\"§$%&/()=?`QWERTZUIOPÜ*ASDFGHJKLÖÄ'YXCVBNM;:_"),
}

func keyMap(host string) map[rune]rune {
	keys := map[rune]rune{}
	us := []rune(usKeys)
	for i, r := range []rune(host) {
		keys[r] = us[i]
	}
	return keys
}

// Repair gives the text that the reader meant. Characters that no key gives stay.
func (l Layout) Repair(text string) string {
	keys := layouts[l]
	if keys == nil {
		return text
	}
	return strings.Map(func(r rune) rune {
		if us, ok := keys[r]; ok {
			return us
		}
		return r
	}, text)
}

// Guess says which layout a host has, when what it sent is good only so: an identifier typed as
// "$C&" or "+C1", or digits as "&é\"'".
func Guess(raw string) (Layout, bool) {
	plain := Profile{}.Read(raw)
	if plain.Fault == nil && plain.Message.Kind != gs1.Plain {
		return "", false
	}
	for _, l := range []Layout{AZERTY, QWERTZ} {
		r := Profile{Layout: l}.Read(raw)
		if r.Fault == nil && len(r.Message.Elements) > 0 {
			return l, true
		}
	}
	return "", false
}
