package sheet

import (
	"strconv"

	"bayledger/scanner/gs1"
)

// printed are the numbers of ×N that are worth a code of their own: fingers, dozens, layers. Others
// are keyed in.
var printed = []int{2, 3, 4, 5, 6, 8, 10, 12, 20, 24, 25, 50, 100}

// maxPrinters bounds the sheet: more than hang on one wall.
const maxPrinters = 200

// Commands is the sheet that stands in for the keys of a handheld. Printers are the ones that may
// be chosen by a scan.
func Commands(printers []string) Sheet {
	s := Sheet{Name: "commands", Title: "Commands",
		Intro: "Scan a command instead of pressing a key. It holds for the handheld that scans it.",
		Groups: []Group{
			{Title: "What you do", Items: []Item{
				command("ADD", "Receive goods into a place."),
				command("REMOVE", "Take goods out of a place."),
				command("MOVE", "Bring goods from one place to another."),
				command("ISOLATE", "Hold goods back: nobody may take them."),
				command("COUNT", "Say how many there are of each thing in a place."),
				command("ASSEMBLE", "Build parts into a machine."),
				command("DISASSEMBLE", "Take parts out of a machine."),
				command("LOOKUP", "Only show what a code is. Nothing is booked."),
			}},
			{Title: "Then", Items: []Item{
				command("CONFIRM", "Yes: do what the screen asks about."),
				command("CANCEL", "No: leave the place and the number that were chosen."),
				command("UNDO", "Take the last scan of this handheld back."),
				command("REDO", "Book again what was just undone."),
				command("OK", "I have read it: clears the red screen."),
				command("DONE", "Done here: choose another place."),
				command("COMPLETE", "Count together: nothing else is at this place."),
				command("LEAVE", "Count alone again."),
				command("END", "End of your shift."),
			}},
			{Title: "How many (of the next thing scanned)", Items: []Item{times(0, "None: in a count, the next thing is not here.")}},
		}}
	for _, n := range printed {
		s.Groups[2].Items = append(s.Groups[2].Items, times(n, ""))
	}
	if g := printerGroup(printers); len(g.Items) > 0 {
		s.Groups = append(s.Groups, g)
	}
	return s
}

func printerGroup(printers []string) Group {
	g := Group{Title: "Print on"}
	for _, name := range printers[:min(len(printers), maxPrinters)] {
		it := command("PRINTER-"+name, "Labels of this handheld come out of "+name+".")
		if _, err := gs1.Decode(it.Scan); err != nil {
			continue
		}
		it.Caption = name
		g.Items = append(g.Items, it)
	}
	return g
}

func command(name, help string) Item {
	return text(Code128, gs1.CommandPrefix+name, name, help)
}

func times(n int, help string) Item {
	it := command("X"+strconv.Itoa(n), help)
	it.Caption = "× " + strconv.Itoa(n)
	return it
}
