package simulation

import (
	"cmp"
	"slices"

	"bayledger/sync/book"
)

// What the book promises when many push at once (H22): a push of more than
// longPush scans is a backlog, and waits while somebody works, but has its turn
// after turnAfter pushes of those who do.
const (
	longPush  = 64
	turnAfter = 16
)

// rushScans is how many scans the others push in a rush, one by one: a backlog gets
// its turn among them, and some are left for after it.
const rushScans = 24

// rushing is how many scans of the world are left for its rush.
func (m *maker) rushing() int {
	if m.c.Rush && m.c.Intents > 4*rushScans {
		return rushScans
	}
	return 0
}

// rush lets the late one come home: its scans reach the server in long pushes,
// together with those of everybody at work, each in a push of its own.
func (m *maker) rush() {
	if m.rushing() == 0 {
		return
	}
	var others []*person
	for _, p := range m.crew {
		if !p.dead && !p.latest && !p.hand.Stated {
			others = append(others, p)
			m.step(Step{Kind: KindSend, Hand: p.id, Count: maxBurst}) // what waits of theirs
			p.waiting, p.online = 0, true
		}
	}
	late := m.crew[1]
	m.contact(late)
	for range rushScans {
		p := one(m.d, others)
		if scan := m.next(p); scan != nil {
			scan.Intent.Mode = ""
			m.add(p, KindScan, scan, false)
		}
	}
	first := others[0]
	for _, p := range others {
		if p.waiting > first.waiting {
			first = p
		}
	}
	m.step(Step{Kind: KindSend, Hand: first.id, Count: 1}) // the writer has it at once
	first.waiting--
	for late.waiting > 0 {
		m.step(Step{Kind: KindSend, Hand: late.id, Count: longPush + 1, Join: true})
		late.waiting -= longPush + 1
	}
	late.waiting = 0
	for _, p := range others {
		for ; p.waiting > 0; p.waiting-- {
			m.step(Step{Kind: KindSend, Hand: p.id, Count: 1, Join: true})
		}
	}
}

// push is one of several that waited together, and when it was served.
type push struct {
	part, turn int
	backlog    bool
}

// pushes are those of a burst but the first, in the order in which they were
// served. What follows a backlog of its own stream waits with it.
func pushes(parts []part, replies []reply) (served []push, backlogs int) {
	behind := map[[2]string]bool{}
	for i := range parts {
		source := &parts[i].sub.Source
		stream := [2]string{source.Device, source.Install}
		if len(parts[i].sub.Intents) > longPush {
			behind[stream] = true
		}
		if i == 0 {
			continue // the writer had it at once
		}
		if behind[stream] {
			backlogs++
		}
		served = append(served, push{i, replies[i].turn, behind[stream]})
	}
	slices.SortFunc(served, func(a, b push) int { return cmp.Compare(a.turn, b.turn) })
	return served, backlogs
}

// turns looks at the order in which pushes that waited together were served: those
// who work go before a backlog, and it has its turn among them all the same (V12).
func (j *judge) turns(parts []part, replies []reply) error {
	served, backlogs := pushes(parts, replies)
	if backlogs == 0 || backlogs == len(served) {
		return nil
	}
	j.w.report.count("backlogs in a rush", backlogs)
	for i := range parts { // a turn is measured by the scans of the backlog before it
		j.turn = max(j.turn, turnAfter, len(parts[i].sub.Intents))
	}
	since, before := 0, 0 // pushes of those who work since a backlog, and backlogs served
	for k, p := range served {
		if !p.backlog {
			since++
			continue
		}
		who := parts[p.part].h.Device
		overtaken := 0
		for _, q := range served[:k] {
			if !q.backlog && q.part > p.part {
				overtaken++
			}
		}
		switch left := slices.ContainsFunc(served[k:], func(q push) bool { return !q.backlog }); {
		case overtaken > j.turn*(before+1):
			return j.fail(V12, "%s waited with its backlog until %d pushes that came later were served", who, overtaken)
		case left && before > 0 && since < turnAfter:
			return j.fail(V12, "%s was served %d scans of its backlog after only %d pushes of those at work, who went on waiting", who, len(parts[p.part].rows), since)
		}
		since, before = 0, before+1
	}
	return nil
}

// inTurn are the submissions of a burst as they were served, in pieces that wait
// for nobody: given so again, they are served in that order again.
func inTurn(subs []*book.Submission, replies []reply) (out []*book.Submission) {
	order := make([]int, len(subs))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(replies[a].turn, replies[b].turn) })
	for _, i := range order {
		whole := *subs[i]
		for len(whole.Intents) > longPush {
			piece := whole
			piece.Intents = whole.Intents[:longPush]
			out = append(out, &piece)
			whole.Intents = whole.Intents[longPush:]
		}
		out = append(out, &whole)
	}
	return out
}

// long says whether a burst has a backlog in it.
func long(subs []*book.Submission) bool {
	return slices.ContainsFunc(subs, func(s *book.Submission) bool { return len(s.Intents) > longPush })
}
