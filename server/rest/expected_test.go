package rest_test

import (
	"testing"

	"bayledger/server/access"
)

// A shop's shoes should say their size and colour, and used ones that they are used.
func TestExpectedAttributes(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", "/v1/categories/wear", `{"attributes":"colour"}`)
	w.ok("PUT", "/v1/categories/shoes", `{"parent":"wear","attributes":"size","condition":"true"}`)
	for code, body := range map[string]string{
		"CLOGS":   `{"category":"shoes"}`,
		"BOOTS":   `{"category":"shoes","axes":"size:41,42;condition:new,used","attribute.colour":"black"}`, // its variants say size and condition
		"BOOT-41": `{"parent":"BOOTS","category":"shoes","attribute.size":"41"}`,                            // black as its parent
		"HAT":     `{"category":"wear","attribute.colour":"red"}`,
		"SCARF":   `{"category":"wear","attribute.colour":""}`,
		"GONE":    `{"category":"shoes","deleted":"true"}`,
		"BOLT":    `{}`,
	} {
		w.ok("PUT", "/v1/products/"+code, body)
	}
	columns := []string{"product", "category", "missing", "condition"}
	w.shows(access.Supervisor, "/v1/expected-attributes", columns, "BOOT-41 shoes condition true", "CLOGS shoes colour,condition,size true", "SCARF wear colour false")
	w.shows(access.Supervisor, "/v1/expected-attributes?category=shoes", columns, "BOOT-41 shoes condition true", "CLOGS shoes colour,condition,size true")
	w.shows(access.Supervisor, "/v1/expected-attributes?category=wear&product=SCARF", columns, "SCARF wear colour false")
	w.ok("PUT", "/v1/products/SCARF", `{"attribute.colour":"blue"}`)
	w.shows(access.Supervisor, "/v1/expected-attributes?product=SCARF", columns)
	w.fails(w.as(access.Floor, "GET", "/v1/expected-attributes", ""), 403, "not_allowed")
}
