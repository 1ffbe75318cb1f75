package draw

import (
	"fmt"

	"bayledger/labels/design"
	"bayledger/labels/symbol"
)

// Measures of a sheet, in mm.
const (
	cellPad    = 2.0  // white around a cell
	groupHigh  = 10.0 // a group's title with the white around it
	groupCaps  = 3.6  // its letters
	hintLetter = 0.55 // of a hint, of its caption's letters
	hintLines  = 2

	wideCell    = 4  // a cell that is so many times wider than high has its words beside the symbol
	besideShare = 33 // and they take this share of its width, in percent
)

// spot is where an item or, with no item, a group's title stands.
type spot struct {
	group, item int // item -1: the title
	x, y, w, h  float64
}

// flow lays a sheet's groups out in a grid's box, in mm, and says how many items
// of which group were left over: left is the first that is not there.
func flow(e *design.Element, s *design.SheetData) (spots []spot, left [2]int, whole bool) {
	wide, high := e.Size[0]/float64(e.Columns), (e.Size[1]-groupHigh)/float64(e.Rows)
	y, bottom := e.At[1], e.At[1]+e.Size[1]+nearly
	for g := range s.Groups {
		if y+groupHigh+high > bottom {
			return spots, [2]int{g, 0}, false
		}
		spots = append(spots, spot{g, -1, e.At[0], y, e.Size[0], groupHigh})
		y += groupHigh
		for i := range s.Groups[g].Items {
			column := i % e.Columns
			if column == 0 && i > 0 {
				y += high
			}
			if y+high > bottom {
				return spots, [2]int{g, i}, false
			}
			spots = append(spots, spot{g, i, e.At[0] + float64(column)*wide, y, wide, high})
		}
		y += high
	}
	return spots, left, true
}

// Pages cuts a sheet into what has room on one page of a layout each; a group that
// goes on says so in its title. A layout without a grid has one page.
func Pages(l *design.Layout, s *design.SheetData) []*design.SheetData {
	var grid *design.Element
	for i := range l.Elements {
		if l.Elements[i].Kind == design.Grid {
			grid = &l.Elements[i]
		}
	}
	pages := []*design.SheetData{}
	for grid != nil {
		_, left, whole := flow(grid, s)
		if whole || left == [2]int{} {
			break
		}
		g, i := left[0], left[1]
		page := &design.SheetData{Groups: append([]design.SheetGroup{}, s.Groups[:g]...)}
		rest := &design.SheetData{Groups: append([]design.SheetGroup{}, s.Groups[g:]...)}
		if i > 0 {
			whole := s.Groups[g]
			page.Groups = append(page.Groups, design.SheetGroup{Title: whole.Title, Items: whole.Items[:i]})
			rest.Groups[0] = design.SheetGroup{Title: whole.Title + " …", Items: whole.Items[i:]}
		}
		pages, s = append(pages, page), rest
	}
	return append(pages, s)
}

// grid draws the codes of a sheet.
func (j *job) grid(e *design.Element, _ rect) error {
	if j.data.Sheet == nil || len(j.data.Sheet.Groups) == 0 {
		return &Fault{Code: CodeField, Reason: "the sheet has no codes"}
	}
	spots, left, whole := flow(e, j.data.Sheet)
	if !whole {
		return &Fault{Code: CodeRoom, Reason: fmt.Sprintf("the sheet has no room from code %d of %q on; print it as several pages", left[1]+1, j.data.Sheet.Groups[left[0]].Title)}
	}
	for _, s := range spots {
		group := &j.data.Sheet.Groups[s.group]
		box := j.rect([2]float64{s.x, s.y}, [2]float64{s.w, s.h})
		if s.item < 0 {
			if err := j.groupTitle(e, group.Title, box); err != nil {
				return err
			}
			continue
		}
		j.frame(rect{box.x, box.y, box.w + 1, box.h + 1}, max(1, j.dots(0.15)))
		pad := j.dots(cellPad)
		if err := j.cell(e, &group.Items[s.item], rect{box.x + pad, box.y + pad, box.w - 2*pad, box.h - 2*pad}); err != nil {
			return err
		}
	}
	return nil
}

func (j *job) groupTitle(e *design.Element, title string, box rect) error {
	look := *e
	look.Bold, look.Cut = true, true
	s, err := j.fitText(&look, title, box, groupCaps, groupCaps, 1)
	if err != nil {
		return err
	}
	j.put(s, "left", box, box.y+(box.h-s.caps)*2/3)
	return nil
}

// cell draws one code: its caption above the symbol and its hint below, or, where
// the cell is wide, both beside it.
func (j *job) cell(e *design.Element, item *design.SheetItem, box rect) error {
	if box.w > wideCell*box.h {
		text := rect{box.x, box.y, box.w * besideShare / 100, box.h}
		if err := j.words(e, item, text, "left"); err != nil {
			return err
		}
		gap := j.dots(cellPad)
		return j.item(e, item, rect{text.x + text.w + gap, box.y, box.w - text.w - gap, box.h})
	}
	above := j.dots(e.Letter*(1+descent)) + j.dots(1)
	below := 0
	if item.Hint != "" {
		below = j.dots(hintHigh(e)) + 1
	}
	if err := j.words(e, item, rect{box.x, box.y, box.w, box.h}, "center"); err != nil {
		return err
	}
	return j.item(e, item, rect{box.x, box.y + above, box.w, box.h - above - below - j.dots(1)})
}

// hintHigh is the room of a hint, in mm.
func hintHigh(e *design.Element) float64 {
	return hintCaps(e) * (1 + (hintLines-1)*leading + descent)
}

func hintCaps(e *design.Element) float64 { return max(1.4, e.Letter*hintLetter) }

// words draws a code's caption at the top of a box and its hint at the bottom, or,
// left-aligned, right below the caption.
func (j *job) words(e *design.Element, item *design.SheetItem, box rect, align string) error {
	look := *e
	look.Bold, look.Cut = true, true
	high := j.dots(e.Letter * (1 + descent))
	s, err := j.fitText(&look, item.Caption, rect{box.x, box.y, box.w, high + 1}, e.Letter, e.Letter*0.6, 1)
	if err != nil {
		return err
	}
	j.put(s, align, box, box.y)
	if item.Hint == "" {
		return nil
	}
	look.Bold = false
	where := rect{box.x, box.y + high + j.dots(1), box.w, box.h - high - j.dots(1)}
	if align == "center" {
		where.h = j.dots(hintHigh(e)) + 1
		where.y = box.y + box.h - where.h
	}
	if s, err = j.fitText(&look, item.Hint, where, hintCaps(e), hintCaps(e), hintLines); err != nil {
		return err
	}
	j.put(s, align, where, where.y)
	return nil
}

// item draws a sheet's symbol.
func (j *job) item(e *design.Element, item *design.SheetItem, box rect) error {
	look := *e
	look.ID, look.Symbol, look.Use, look.Align = e.ID+" "+item.Caption, item.Symbol, symbol.InHouse, "center"
	s, err := symbolOfItem(item)
	if err != nil {
		return err
	}
	if s.Kind.Linear() {
		return j.linear(&look, s, "", box)
	}
	look.Module = 0 // a grid's module is that of its bars
	return j.matrix(&look, s, "", box)
}

func symbolOfItem(item *design.SheetItem) (*symbol.Symbol, error) {
	if !item.Symbol.GS1() {
		return symbol.Of(item.Symbol, item.Text)
	}
	if f := symbol.CheckElements(item.Symbol, item.Elements); f != nil {
		return nil, f
	}
	return symbol.OfElements(item.Symbol, item.Elements)
}
