package catalogue

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"bayledger/sync/ledger"
)

// MaxVariants bounds the combinations of one product: a person has to look through
// what will be made, and all of it is one edit.
const MaxVariants = 2_000

// Variants asks for the variants of a product.
type Variants struct {
	Axes    []ledger.Axis     // added to those the product has; their values too
	Pattern string            // of codes: {code} and the axes in braces; "" is the product's, else {code}-{axis}-…
	Fields  map[string]string // given to each that is made, over what it takes from the product
	// KeepParent leaves the product itself scanned and stocked as it is.
	KeepParent bool
}

// Variant is one combination.
type Variant struct {
	Code   string            `json:"code"`
	Values map[string]string `json:"values" doc:"by axis"`
	Exists bool              `json:"exists" doc:"it was there already and is left as it is"`
}

// VariantPlan is what would be made.
type VariantPlan struct {
	Variants []Variant // all combinations, in the order of the axes and their values
	Patches  []ledger.Patch
}

// PlanVariants plans the variants of a product that are missing.
func PlanVariants(s *ledger.State, code string, ask *Variants) (*VariantPlan, *ledger.Fault) {
	parent, ok := s.Product(code)
	if !ok {
		return nil, fault(ledger.NotFound, "code", "There is no product "+ledger.Quote(code)+". Nothing was made.")
	}
	if parent.Parent != "" {
		return nil, fault(ledger.BadField, "code", ledger.Quote(code)+" is a variant of "+ledger.Quote(parent.Parent)+" itself. Nothing was made; make its parent's variants.")
	}
	there := s.VariantsOf(parent)
	axes, f := joinAxes(s, parent, ask.Axes, len(there) > 0)
	if f != nil {
		return nil, f
	}
	pattern, f := patternOf(parent, ask.Pattern, axes)
	if f != nil {
		return nil, f
	}
	plan := &VariantPlan{Patches: parentPatch(parent, axes, pattern, ask.KeepParent)}
	if f := parentHolds(parent, ask.KeepParent); f != nil {
		return nil, f
	}
	codes := map[string]bool{}
	for _, values := range combinations(axes) {
		v := variantOf(there, axes, values)
		if v == nil {
			v = &Variant{Code: codeOf(pattern, code, axes, values), Values: byAxis(axes, values)}
			plan.Patches = append(plan.Patches, childPatch(s, parent, v, values, ask.Fields))
		}
		if codes[v.Code] {
			return nil, fault(ledger.BadField, "pattern", "The pattern "+ledger.Quote(pattern)+" gives two variants the code "+ledger.Quote(v.Code)+". Nothing was made; name every axis in it.")
		}
		codes[v.Code] = true
		plan.Variants = append(plan.Variants, *v)
	}
	return plan, nil
}

// joinAxes adds what is asked for to the axes that a product has.
func joinAxes(s *ledger.State, parent *ledger.Product, asked []ledger.Axis, some bool) ([]ledger.Axis, *ledger.Fault) {
	axes, _ := ledger.ParseAxes(parent.Axes)
	for _, a := range asked {
		i := slices.IndexFunc(axes, func(b ledger.Axis) bool { return b.Name == a.Name })
		if i < 0 && some {
			return nil, fault(ledger.BadField, "axes", "The product "+ledger.Quote(parent.Code)+" has variants already, and they say nothing of "+ledger.Quote(a.Name)+". Nothing was made; add values to the axes there are.")
		}
		if i < 0 {
			axes = append(axes, ledger.Axis{Name: a.Name})
			i = len(axes) - 1
		}
		for _, value := range a.Values {
			if !slices.Contains(axes[i].Values, value) {
				axes[i].Values = append(axes[i].Values, value)
			}
		}
	}
	condition := slices.ContainsFunc(axes, func(a ledger.Axis) bool { return a.Name == ledger.ConditionAttribute })
	if !condition && !some && s.WantsCondition(parent.Category) {
		axes = append(axes, ledger.Axis{Name: ledger.ConditionAttribute, Values: ledger.Conditions()})
	}
	// What is written is what will be read again: the same rules judge it.
	axes, why := ledger.ParseAxes(ledger.FormatAxes(axes))
	count := 1
	for _, a := range axes {
		if count *= len(a.Values); count > MaxVariants {
			return nil, fault(ledger.TooLarge, "axes", "That would be more than "+strconv.Itoa(MaxVariants)+" variants. Nothing was made; give fewer values.")
		}
	}
	switch {
	case why != "":
		return nil, fault(ledger.BadField, "axes", "Nothing was made: "+why)
	case len(axes) == 0:
		return nil, fault(ledger.BadField, "axes", "The product "+ledger.Quote(parent.Code)+" has no axes, and none were given. Nothing was made; say in which ways variants differ.")
	}
	return axes, nil
}

func patternOf(parent *ledger.Product, asked string, axes []ledger.Axis) (string, *ledger.Fault) {
	pattern := asked
	if pattern == "" {
		pattern = parent.Pattern
	}
	if pattern == "" {
		pattern = "{code}"
		for _, a := range axes {
			pattern += "-{" + a.Name + "}"
		}
	}
	for _, a := range axes {
		if len(a.Values) > 1 && !strings.Contains(pattern, "{"+a.Name+"}") {
			return "", fault(ledger.BadField, "pattern", "The pattern "+ledger.Quote(pattern)+" does not name the axis "+ledger.Quote(a.Name)+", so that codes would come twice. Nothing was made; put {"+a.Name+"} into it.")
		}
	}
	rest := codeOf(pattern, "", axes, make([]string, len(axes)))
	if strings.ContainsAny(rest, "{}") {
		return "", fault(ledger.BadField, "pattern", "The pattern "+ledger.Quote(pattern)+" names something in braces that is neither code nor an axis. Nothing was made.")
	}
	return pattern, nil
}

func codeOf(pattern, code string, axes []ledger.Axis, values []string) string {
	pairs := []string{"{code}", code}
	for i, a := range axes {
		pairs = append(pairs, "{"+a.Name+"}", values[i])
	}
	return strings.NewReplacer(pairs...).Replace(pattern)
}

// parentPatch has the product stand for its variants: they are scanned and stocked, and
// it is not.
func parentPatch(parent *ledger.Product, axes []ledger.Axis, pattern string, keep bool) []ledger.Patch {
	fields := map[string]string{"axes": ledger.FormatAxes(axes), "pattern": pattern}
	if !keep && parent.Axes == "" {
		fields["stocked"] = "false"
	}
	return []ledger.Patch{{Entity: ledger.EntityProduct, Code: parent.Code, Fields: fields}}
}

// parentHolds refuses to leave goods behind that nobody would count any more.
func parentHolds(parent *ledger.Product, keep bool) (f *ledger.Fault) {
	if keep || parent.NotStocked || parent.Axes != "" {
		return nil
	}
	parent.EachHolder(func(at *ledger.Place, total int64) {
		if at.Physical() && total != 0 && f == nil {
			f = fault(ledger.BadField, "keep_parent", "There are "+ledger.FormatScaled(total, parent.Decimals)+" of "+parent.Code+" at "+at.Stand().Ref()+
				". Nothing was made; count them away first, or say keep_parent, so that "+parent.Code+" stays stocked beside its variants.")
		}
	})
	return f
}

// combinations lists all values of all axes, the last axis changing first.
func combinations(axes []ledger.Axis) [][]string {
	all := [][]string{{}}
	for _, a := range axes {
		var next [][]string
		for _, values := range all {
			for _, value := range a.Values {
				next = append(next, append(slices.Clone(values), value))
			}
		}
		all = next
	}
	return all
}

func byAxis(axes []ledger.Axis, values []string) map[string]string {
	out := map[string]string{}
	for i, a := range axes {
		out[a.Name] = values[i]
	}
	return out
}

// variantOf finds a combination by what it is, whatever its code.
func variantOf(there []*ledger.Product, axes []ledger.Axis, values []string) *Variant {
	for _, p := range there {
		same := true
		for i, a := range axes {
			same = same && p.Attributes[a.Name] == values[i]
		}
		if same {
			return &Variant{Code: p.Code, Values: byAxis(axes, values), Exists: true}
		}
	}
	return nil
}

// own are the fields that a variant does not take from its parent.
var own = []string{"parent", "stocked", "axes", "pattern", "barcode", "superseded_by", "deleted", "version"}

// childPatch makes a variant: what the parent says, what was given, and its values.
func childPatch(s *ledger.State, parent *ledger.Product, v *Variant, values []string, given map[string]string) ledger.Patch {
	view, _ := s.Item(ledger.Item{Entity: ledger.EntityProduct, Key: parent.Code})
	fields := maps.Clone(view.Fields)
	for _, name := range own {
		delete(fields, name)
	}
	fields["name"] = strings.TrimSpace(parent.Name + " " + strings.Join(values, ", "))
	maps.Copy(fields, given)
	fields["parent"] = parent.Code
	for axis, value := range v.Values {
		fields["attribute."+axis] = value
	}
	return ledger.Patch{Entity: ledger.EntityProduct, Code: v.Code, Fields: fields, Fresh: true}
}
