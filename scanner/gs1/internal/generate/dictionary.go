package main

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// row is one line of the dictionary: an AI, or a run of AIs that differ in the last digit.
type row struct {
	first, last    string
	fixed, inQuery bool
	parts          []part
	needs          []string // "01+21,02": all of these lists, one of each list
	excludes       []string
	paths          [][]string // a primary key's lists of qualifiers
	title          string
}

type part struct {
	set      byte // N, X, Y, Z
	min, max int
	optional bool
	lints    []string
}

// lints are the checks that scanner/gs1 has.
var lints = []string{"couponcode", "couponposoffer", "csum", "csumalpha", "gcppos1", "gcppos2", "hasnondigit", "hh", "hhmi", "hyphen",
	"iban", "importeridx", "iso3166", "iso3166999", "iso3166alpha2", "iso4217", "iso5218", "latitude", "longitude", "mediatype", "mi",
	"nonzero", "nozeroprefix", "packagetype", "pcenc", "pieceoftotal", "posinseqslash", "ss", "winding", "yesno", "yymmd0", "yymmdd",
	"yyyymmdd", "zero"}

// maxLints is how many checks one part has room for in the table.
const maxLints = 3

var (
	releaseLine = regexp.MustCompile(`^# Release: (\S+)`)
	component   = regexp.MustCompile(`^(\[?)([NXYZ])(\.\.)?(\d+)(\]?)((?:,[a-z0-9]+)*)$`)
	aiRange     = regexp.MustCompile(`^(\d{2,4})(?:-(\d{2,4}))?$`)
)

func readDictionary(text string) (release string, rows []row, err error) {
	for n, line := range strings.Split(text, "\n") {
		if m := releaseLine.FindStringSubmatch(line); m != nil {
			release = m[1]
		}
		if line == "" || line[0] == '#' {
			continue
		}
		r, err := readRow(line)
		if err != nil {
			return "", nil, fmt.Errorf("line %d: %w", n+1, err)
		}
		rows = append(rows, r)
	}
	if release == "" || len(rows) == 0 {
		return "", nil, fmt.Errorf("no release or no AIs found: is this the syntax dictionary?")
	}
	return release, rows, nil
}

func readRow(line string) (r row, err error) {
	line, title, _ := strings.Cut(line, "#")
	r.title = strings.TrimSpace(title)
	fields := strings.Fields(line)
	ais := aiRange.FindStringSubmatch(fields[0])
	if ais == nil {
		return r, fmt.Errorf("%q is no AI", fields[0])
	}
	r.first, r.last = ais[1], ais[2]
	if r.last == "" {
		r.last = r.first
	}
	fields = fields[1:]
	if len(fields) > 0 && strings.Trim(fields[0], "*?") == "" {
		r.fixed, r.inQuery = strings.Contains(fields[0], "*"), strings.Contains(fields[0], "?")
		fields = fields[1:]
	}
	for _, f := range fields {
		if component.MatchString(f) {
			err = r.component(f)
		} else {
			err = r.attribute(f)
		}
		if err != nil {
			return r, err
		}
	}
	if len(r.parts) == 0 {
		return r, fmt.Errorf("AI %s has no parts", r.first)
	}
	return r, nil
}

func (r *row) component(f string) error {
	m := component.FindStringSubmatch(f)
	p := part{set: m[2][0], optional: m[1] != ""}
	p.max, _ = strconv.Atoi(m[4])
	p.min = p.max
	if m[3] != "" {
		p.min = 1
	}
	if m[6] != "" {
		p.lints = strings.Split(m[6][1:], ",")
	}
	for _, l := range p.lints {
		if !slices.Contains(lints, l) {
			return fmt.Errorf("the check %q is not known here: write it in scanner/gs1 first", l)
		}
	}
	if len(p.lints) > maxLints {
		return fmt.Errorf("%d checks for one part; there is room for %d", len(p.lints), maxLints)
	}
	r.parts = append(r.parts, p)
	return nil
}

func (r *row) attribute(f string) error {
	name, value, _ := strings.Cut(f, "=")
	switch name {
	case "req":
		r.needs = append(r.needs, value)
	case "ex":
		r.excludes = append(r.excludes, strings.Split(value, ",")...)
	case "dlpkey":
		for _, list := range strings.Split(value, "|") {
			var qualifiers []string
			if list != "" {
				qualifiers = strings.Split(list, ",")
			}
			r.paths = append(r.paths, qualifiers)
		}
	default:
		return fmt.Errorf("%q is neither a part nor an attribute known here", f)
	}
	return nil
}
