package oracle

import (
	"fmt"
	"slices"
	"strings"
)

var physicalKinds = []string{"stock", "incoming", "quality", "packing", "output", "quarantine"}

var virtualKinds = []string{"supplier", "customer", "loss", "scrap", "production", "transit", "asset", "opening", "shortage", "breach"}

// mainSite is the site of an intent that names none.
const mainSite = "main"

// place is one location; its id is "site/code", of a virtual one the code.
type place struct{ id, site, code, kind, parent string }

func (p place) physical() bool { return p.site != "" }

// atlas knows the places by id.
type atlas map[string]place

func newAtlas(locations []Location) (atlas, error) {
	a := atlas{}
	for _, kind := range virtualKinds {
		a[kind] = place{id: kind, code: kind, kind: kind}
	}
	for _, l := range locations {
		p := place{id: l.Code, code: l.Code, kind: l.Kind}
		switch {
		case l.Code == "":
			return nil, fmt.Errorf("a location of site %q has no code", l.Site)
		case slices.Contains(virtualKinds, l.Kind):
			p.parent = l.Parent
		case !slices.Contains(physicalKinds, l.Kind):
			return nil, fmt.Errorf("location %s: %q is no kind", l.Code, l.Kind)
		case l.Site == "":
			return nil, fmt.Errorf("location %s is of a physical kind and has no site", l.Code)
		default:
			p.id, p.site = l.Site+"/"+l.Code, l.Site
			if l.Parent != "" {
				p.parent = l.Site + "/" + l.Parent
			}
		}
		a[p.id] = p
	}
	return a, nil
}

// find gives the id of the place that a text names at a site: a place of that
// site, a virtual one, or one written as site/code.
func (a atlas) find(site, text string) (string, bool) {
	site = or(site, mainSite)
	if slices.Contains(physicalKinds, text) {
		return a.standard(site, text), true
	}
	for _, id := range []string{site + "/" + text, text} {
		if p, ok := a[id]; ok && p.id == id {
			return id, true
		}
	}
	if at, kind, ok := strings.Cut(text, "/"); ok && at != "" && slices.Contains(physicalKinds, kind) {
		return a.standard(at, kind), true
	}
	return "", false
}

// standard is the place that every site has of a physical kind.
func (a atlas) standard(site, kind string) string {
	id := site + "/" + kind
	if _, ok := a[id]; !ok {
		a[id] = place{id: id, site: site, code: kind, kind: kind}
	}
	return id
}

// within tells whether a place is another one or stands in its subtree.
func (a atlas) within(id, root string) bool {
	for range len(a) { // a circle of parents ends here
		if id == root {
			return true
		}
		if id = a[id].parent; id == "" {
			return false
		}
	}
	return false
}
