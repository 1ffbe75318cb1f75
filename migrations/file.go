package migrations

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

const (
	// fileFormat is the version of the files' own format.
	fileFormat = 1
	// maxFileBytes bounds a migration file: they are written by hand.
	maxFileBytes = 256 << 10
	// maxSteps bounds the steps of a file; each costs at least one transaction.
	maxSteps = 1000
	// maxAboutBytes bounds the explanation, which Status shows in a line.
	maxAboutBytes = 2000
)

// document is a migration file as read.
type document struct {
	about  string
	steps  []step
	digest string // of the steps alone, so that a better "about" does not strand an interrupted folder
}

// stepKind is the name of the step's only member.
type stepKind string

const (
	stepPut          stepKind = "put"
	stepDelete       stepKind = "delete"
	stepDeletePrefix stepKind = "delete_prefix"
	stepRenamePrefix stepKind = "rename_prefix"
	stepRewrite      stepKind = "rewrite"
)

// step is one checked step. key is the key or the prefix that it works on.
type step struct {
	kind  stepKind
	key   []byte
	to    []byte // rename_prefix
	value []byte // put
	with  string // rewrite
}

// sweeps tells whether the step visits all keys of a prefix.
func (s step) sweeps() bool { return s.kind != stepPut && s.kind != stepDelete }

// sweeps tells whether a step from the given one on visits keys of a prefix.
func (d document) sweeps(from int) bool {
	for i := from; i < len(d.steps); i++ {
		if d.steps[i].sweeps() {
			return true
		}
	}
	return false
}

// keyText is a KEY of a file: a text, or {"hex": "…"}.
type keyText []byte

func (k *keyText) UnmarshalJSON(raw []byte) error {
	if jsontext.Value(raw).Kind() == '{' {
		var h struct {
			Hex string `json:"hex"`
		}
		if err := json.Unmarshal(raw, &h, json.RejectUnknownMembers(true)); err != nil {
			return err
		}
		decoded, err := hex.DecodeString(h.Hex)
		*k = decoded
		return err
	}
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		return err
	}
	*k = []byte(text)
	return nil
}

// The shape of a file. Pointers tell a missing member from an empty one.
type fileShape struct {
	Format int              `json:"format"`
	About  string           `json:"about"`
	Steps  []jsontext.Value `json:"steps"`
}

type stepShape struct {
	Put *struct {
		Key   keyText        `json:"key"`
		Value jsontext.Value `json:"value"`
	} `json:"put"`
	Delete *struct {
		Key keyText `json:"key"`
	} `json:"delete"`
	DeletePrefix *struct {
		Prefix keyText `json:"prefix"`
	} `json:"delete_prefix"`
	RenamePrefix *struct {
		From keyText `json:"from"`
		To   keyText `json:"to"`
	} `json:"rename_prefix"`
	Rewrite *struct {
		Prefix keyText `json:"prefix"`
		With   string  `json:"with"`
	} `json:"rewrite"`
}

// parse reads a migration file. name is only for the error.
func parse(name string, body []byte) (document, error) {
	bad := func(step int, cause error, format string, args ...any) (document, error) {
		return document{}, &Error{Code: CodeBadMigration, File: name, Step: step, Err: cause,
			Message: fmt.Sprintf(format, args...) + "; nothing was changed, this build of Bayledger needs mending"}
	}
	if len(body) > maxFileBytes {
		return bad(0, nil, "the file is longer than %d bytes", maxFileBytes)
	}
	var shape fileShape
	if err := json.Unmarshal(body, &shape, json.RejectUnknownMembers(true)); err != nil {
		return bad(stepOf(err), err, "the file is not a migration document")
	}
	switch {
	case shape.Format != fileFormat:
		return bad(0, nil, "the file says format %d, this build reads format %d", shape.Format, fileFormat)
	case len(shape.About) > maxAboutBytes:
		return bad(0, nil, "about is longer than %d bytes", maxAboutBytes)
	case len(shape.Steps) == 0:
		return bad(0, nil, "the file has no steps")
	case len(shape.Steps) > maxSteps:
		return bad(0, nil, "the file has %d steps, more than %d", len(shape.Steps), maxSteps)
	}
	doc := document{about: shape.About}
	sum := sha256.New()
	for i, raw := range shape.Steps {
		s, problem, err := parseStep(raw)
		if problem != "" {
			return bad(i+1, err, "%s", problem)
		}
		doc.steps = append(doc.steps, s)
		if err := raw.Compact(); err != nil {
			return bad(i+1, err, "the step is not readable JSON")
		}
		sum.Write(raw)
		sum.Write([]byte{'\n'})
	}
	doc.digest = hex.EncodeToString(sum.Sum(nil))
	return doc, nil
}

// stepOf finds the step (from 1) that a JSON error points at, or 0.
func stepOf(err error) int {
	var pointer jsontext.Pointer
	if syntactic, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		pointer = syntactic.JSONPointer
	} else if semantic, ok := errors.AsType[*json.SemanticError](err); ok {
		pointer = semantic.JSONPointer
	}
	rest, found := strings.CutPrefix(string(pointer), "/steps/")
	if !found {
		return 0
	}
	index, _, _ := strings.Cut(rest, "/")
	n, err := strconv.Atoi(index)
	if err != nil {
		return 0
	}
	return n + 1
}

// parseStep reads one step; problem is empty where it is sound.
func parseStep(raw jsontext.Value) (s step, problem string, err error) {
	var shape stepShape
	if err := json.Unmarshal(raw, &shape, json.RejectUnknownMembers(true)); err != nil {
		return step{}, "the step is not one of put, delete, delete_prefix, rename_prefix, rewrite with their members", err
	}
	var found []step
	if p := shape.Put; p != nil {
		found = append(found, step{kind: stepPut, key: p.Key, value: p.Value})
	}
	if p := shape.Delete; p != nil {
		found = append(found, step{kind: stepDelete, key: p.Key})
	}
	if p := shape.DeletePrefix; p != nil {
		found = append(found, step{kind: stepDeletePrefix, key: p.Prefix})
	}
	if p := shape.RenamePrefix; p != nil {
		found = append(found, step{kind: stepRenamePrefix, key: p.From, to: p.To})
	}
	if p := shape.Rewrite; p != nil {
		found = append(found, step{kind: stepRewrite, key: p.Prefix, with: p.With})
	}
	if len(found) != 1 {
		return step{}, fmt.Sprintf("a step has exactly one member, this one has %d", len(found)), nil
	}
	problem, err = found[0].check()
	return found[0], problem, err
}

// check tells what is wrong with a step, and compacts the value of a put.
func (s *step) check() (problem string, err error) {
	if p := checkKey(s.key); p != "" {
		return string(s.kind) + ": " + p, nil
	}
	switch s.kind {
	case stepPut:
		if len(s.value) == 0 {
			return "put: the value is missing", nil
		}
		v := jsontext.Value(bytes.Clone(s.value))
		if err := v.Compact(); err != nil {
			return "put: the value is not readable JSON", err
		}
		s.value = v
	case stepRenamePrefix:
		if p := checkKey(s.to); p != "" {
			return "rename_prefix: to: " + p, nil
		}
		if bytes.HasPrefix(s.key, s.to) || bytes.HasPrefix(s.to, s.key) {
			return "rename_prefix: one of from and to starts with the other, so new keys could not be told from old ones", nil
		}
	case stepRewrite:
		if s.with == "" {
			return "rewrite: with is missing: the name of the transform", nil
		}
	}
	return "", nil
}

// missingTransform gives the step (from 1) and name of the first transform
// that is not handed in, or 0.
func (d document) missingTransform(have map[string]Transform) (int, string) {
	for i, s := range d.steps {
		if s.kind == stepRewrite && have[s.with] == nil {
			return i + 1, s.with
		}
	}
	return 0, ""
}
