package wedge_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"bayledger/scanner/gs1"
	"bayledger/scanner/wedge"
)

func text(elements []gs1.Element) (out string) {
	for _, e := range elements {
		out += "(" + e.AI + ")" + e.Value
	}
	return out
}

const (
	goods  = "0109506000134352"
	pallet = "00395201938183501646"
)

// What readers send, and the scan that it stands for.
func TestRead(t *testing.T) {
	none := wedge.Profile{}
	cr := wedge.Profile{Suffix: "CR"}
	tests := []struct {
		name, raw string
		profile   wedge.Profile
		scan      string
		elements  string
	}{
		{"GS as it should be", "]C110A\x1d" + goods + "\r", cr, "]C110A\x1d" + goods, "(10)A(01)09506000134352"},
		{"a stand-in of several characters", "]C110A<GS>" + goods + "\r", wedge.Profile{Suffix: "CR", Separator: "<GS>"}, "]C110A\x1d" + goods, "(10)A(01)09506000134352"},
		{"a stand-in beyond ASCII", "]C110Aè" + goods, wedge.Profile{Separator: "è"}, "]C110A\x1d" + goods, "(10)A(01)09506000134352"},
		{"a GS in front and behind parts nothing", "]d2\x1d" + goods + "\x1d\r", cr, "]d2" + goods, "(01)09506000134352"},
		{"a frame of STX and ETX", "\x02]d2" + goods + "\x03", wedge.Profile{Prefix: "STX", Suffix: "ETX"}, "]d2" + goods, "(01)09506000134352"},
		{"a frame that no profile names", "\x02]d2" + goods + "\r\n", none, "]d2" + goods, "(01)09506000134352"},
		{"a site's prefix", "*]d2" + goods, wedge.Profile{Prefix: "*"}, "]d2" + goods, "(01)09506000134352"},
		{"a UPC-A of 12 digits", "]E0036000291452", none, "]E00036000291452", "(01)00036000291452"},
		{"no identifier: EAN-13", "4006381333931\r", cr, "]E04006381333931", "(01)04006381333931"},
		{"no identifier: UPC-A", "036000291452\r", cr, "]E00036000291452", "(01)00036000291452"},
		{"no identifier: EAN-8", "96385074\r", cr, "]E496385074", "(01)00000096385074"},
		{"no identifier: UPC-E", "04252614\r", cr, "]E00042100005264", "(01)00042100005264"},
		{"no identifier: ITF-14", "15400141288763\r", cr, "]I115400141288763", "(01)15400141288763"},
		{"no identifier: pallet", pallet + "\r", cr, "]C1" + pallet, "(00)395201938183501646"},
		{"no identifier, but a GS", goods + "10A\x1d21B\r", cr, "]C1" + goods + "10A\x1d21B", "(01)09506000134352(10)A(21)B"},
		{"no identifier, but a stand-in", goods + "10A~21B\r", wedge.Profile{Suffix: "CR", Separator: "~"}, "]C1" + goods + "10A\x1d21B", "(01)09506000134352(10)A(21)B"},
		{"a plain code keeps its #", "A#12\r", wedge.Profile{Suffix: "CR", Separator: "#"}, "A#12", ""},
		{"and so with an identifier", "]C0A#12\r", wedge.Profile{Suffix: "CR", Separator: "#"}, "]C0A#12", ""},
		{"a link keeps its fragment", "https://x.y/01/09506000134352#a\r", wedge.Profile{Suffix: "CR", Separator: "#"}, "]Q1https://x.y/01/09506000134352#a", "(01)09506000134352"},
		{"brackets stay brackets", "(01)09506000134352\r", cr, "(01)09506000134352", "(01)09506000134352"},
		{"a French host", "$C&à&àç(à-ààà&\"'\"(é\r", wedge.Profile{Suffix: "CR", Layout: wedge.AZERTY}, "]C1" + goods, "(01)09506000134352"},
		{"nothing", "\r", cr, "", ""},
	}
	for _, c := range tests {
		r := c.profile.Read(c.raw)
		if r.Scan != c.scan || text(r.Message.Elements) != c.elements || r.Fault != nil {
			t.Errorf("%s: %q is %q %s (%v), want %q %s", c.name, c.raw, r.Scan, text(r.Message.Elements), r.Fault, c.scan, c.elements)
		}
	}
}

// An identifier that a number has by its looks is not sent on as one that the reader knew.
func TestSent(t *testing.T) {
	for raw, want := range map[string]string{
		"96385074\r": "96385074", "036000291452": "036000291452", "15400141288763": "15400141288763",
		"]E496385074\r": "]E496385074", "]E0036000291452": "]E00036000291452",
		pallet: "]C1" + pallet, "A-01\r": "A-01", "": "",
	} {
		if r := (wedge.Profile{}).Read(raw); r.Sent != want {
			t.Errorf("%q is sent on as %q, want %q", raw, r.Sent, want)
		}
	}
}

func TestReadIsBounded(t *testing.T) {
	if r := (wedge.Profile{}).Read(strings.Repeat("9", gs1.MaxScan+1)); r.Fault == nil || r.Fault.Code != gs1.TooLong {
		t.Errorf("a scan without end: %v", r.Fault)
	}
}

const us = "1234567890-=qwertyuiop[]asdfghjkl;'\\zxcvbnm,./!@#$%^&*()_+QWERTYUIOP{}ASDFGHJKL:\"|ZXCVBNM<>?"

// What a reader that types for a US keyboard makes a host of another layout write.
func TestLayouts(t *testing.T) {
	tests := []struct {
		layout     wedge.Layout
		host, want string
	}{
		{wedge.AZERTY, "&é\"'(-è_çà", "1234567890"},
		{wedge.AZERTY, "$C&", "]C1"},
		{wedge.AZERTY, "QqZzMm?,", "AaWw:;Mm"},
		{wedge.QWERTZ, "+d2", "]d2"},
		{wedge.QWERTZ, "yzYZ-_ß?", "zyZY/?-_"},
		{"", "&é", "&é"},
	}
	for _, c := range tests {
		if got := c.layout.Repair(c.host); got != c.want {
			t.Errorf("%s: %q is %q, want %q", c.layout, c.host, got, c.want)
		}
	}
	for _, l := range []wedge.Layout{wedge.AZERTY, wedge.QWERTZ} {
		reached := map[rune]bool{}
		for r := rune(' '); r < 0x100; r++ {
			for _, us := range l.Repair(string(r)) {
				reached[us] = true
			}
		}
		for _, key := range us {
			if !reached[key] {
				t.Errorf("%s: no key of the host gives %q", l, key)
			}
		}
	}
	guesses := map[string]wedge.Layout{"$C&à&àç(àèààà&\"'\"(é\r": "", "$C&à&àç(à-ààà&\"'\"(é\r": wedge.AZERTY, "+d2" + goods: wedge.QWERTZ, "]d2" + goods: "", "A-1": ""}
	for raw, want := range guesses {
		if got, _ := wedge.Guess(raw); got != want {
			t.Errorf("%q comes from %q, want %q", raw, got, want)
		}
	}
}

func TestLostSeparator(t *testing.T) {
	tests := []struct {
		name, scan, ai string
		repairs        int // at least; -1 for none
	}{
		{"a lot that swallowed the goods and a date", "]C110LOT7" + goods + "17261231", "10", 1},
		{"a lot grown too long", "]d2" + goods + "10ABCDEFGHIJKLMNOP21123456", "10", 1},
		{"a whole scan", "]d2" + goods + "10LOT7", "", -1},
		{"a lot that happens to hold 21", "]d2" + goods + "10LOT21B", "", -1},
		{"a reader that sends GS", "]d2" + goods + "10LOT7\x1d17261231", "", -1},
		{"not GS1", "]C010LOT7" + goods, "", -1},
		{"a wrong check digit is another fault", "]C10109506000134353", "", -1},
	}
	for _, c := range tests {
		lost, found := wedge.LostSeparator(c.scan)
		if found != (c.repairs > 0) || lost.AI != c.ai || len(lost.Repairs) < c.repairs {
			t.Errorf("%s: %q: %t %+v", c.name, c.scan, found, lost)
		}
		for _, r := range lost.Repairs {
			if _, fault := gs1.Decode(r); fault != nil {
				t.Errorf("%s: the repair %q is bad: %v", c.name, r, fault)
			}
		}
	}
}

func TestLearn(t *testing.T) {
	plain, tail, _ := strings.Cut(wedge.Calibration, wedge.GS)
	tests := []struct {
		name, raw string
		want      wedge.Profile
		advice    []string // a word of each
	}{
		{"all right", "]d2" + wedge.Calibration + "\r", wedge.Profile{Suffix: "CR"}, nil},
		{"a stand-in", "]d2" + plain + "<GS>" + tail + "\t", wedge.Profile{Suffix: "TAB", Separator: "<GS>"}, nil},
		{"a prefix and a frame", "\x02]d2" + wedge.Calibration + "\x03", wedge.Profile{Prefix: "STX", Suffix: "ETX"}, nil},
		{"GS dropped", "]d2" + plain + tail + "\r\n", wedge.Profile{Suffix: "CRLF"}, []string{"drops the separator"}},
		{"everything off", plain + tail, wedge.Profile{}, []string{"drops", "no symbology identifier", "nothing behind"}},
		{"a stand-in that a lot may hold", "]d2" + plain + "/" + tail + "\r", wedge.Profile{Suffix: "CR", Separator: "/"}, []string{"may be part"}},
		{"a German host", "+d2" + strings.NewReplacer("Y", "Z", "Z", "Y", "y", "z", "z", "y").Replace(plain+wedge.GS+tail) + "\r", wedge.Profile{Suffix: "CR", Layout: wedge.QWERTZ}, []string{"US keyboard"}},
	}
	for _, c := range tests {
		got, advice, err := wedge.Learn(c.raw)
		if err != nil || got != c.want || len(advice) != len(c.advice) {
			t.Errorf("%s: %+v %q %v, want %+v", c.name, got, advice, err, c.want)
			continue
		}
		for i := range advice {
			if !strings.Contains(advice[i], c.advice[i]) {
				t.Errorf("%s: %q", c.name, advice[i])
			}
		}
		if again := got.Read(c.raw); len(c.advice) == 0 && text(again.Message.Elements) != "(90)"+plain[2:]+"(91)"+tail[2:] {
			t.Errorf("%s: the learned profile reads %q", c.name, again.Scan)
		}
	}
	if _, _, err := wedge.Learn("]d2" + goods); !errors.Is(err, wedge.ErrNotCalibration) {
		t.Errorf("another code: %v", err)
	}
}

// Twenty keys of a reader are a scan; a person's are not.
func TestKeys(t *testing.T) {
	type step struct {
		keys string
		gap  time.Duration
	}
	const ms = time.Millisecond
	tests := []struct {
		name   string
		suffix string
		steps  []step
		want   string // what ended as scans, with / between
	}{
		{"a reader with Enter", "CR", []step{{"4006381333931\r", 5 * ms}}, "4006381333931\r"},
		{"two scans at once", "CR", []step{{"96385074\r15400141288763\r", 1 * ms}}, "96385074\r/15400141288763\r"},
		{"a person", "CR", []step{{"12345\r", 80 * ms}}, ""},
		{"a person who stops, then a reader", "CR", []step{{"12", 80 * ms}, {"", 500 * ms}, {"96385074\r", 2 * ms}}, "96385074\r"},
		{"three fast keys are nobody's scan", "CR", []step{{"ab\r", 5 * ms}}, ""},
		{"a reader without suffix, ended by the next scan", "", []step{{"96385074", 5 * ms}, {"4", 200 * ms}, {"006381333931", 5 * ms}, {"", 200 * ms}}, "96385074/4006381333931"},
		{"a reader without suffix, ended by silence", "", []step{{"96385074", 5 * ms}, {"", 200 * ms}}, "96385074"},
	}
	for _, c := range tests {
		k := wedge.Keys{Profile: wedge.Profile{Suffix: c.suffix}}
		var at time.Duration
		var got []string
		for _, s := range c.steps {
			for _, key := range s.keys {
				at += s.gap
				if raw, scan := k.Key(key, at); scan {
					got = append(got, raw)
				}
			}
			if s.keys == "" {
				at += s.gap
				if raw, scan := k.Idle(at); scan {
					got = append(got, raw)
				}
			}
		}
		if strings.Join(got, "/") != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// Nothing that a reader sends stops the program, and what was read reads the same again.
func FuzzRead(f *testing.F) {
	f.Add("]C110A<GS>"+goods+"\r", "", "CR", "<GS>", 0)
	f.Add("+d2"+goods, "*", "", "~", 2)
	f.Fuzz(func(t *testing.T, raw, prefix, suffix, separator string, layout int) {
		p := wedge.Profile{Prefix: prefix, Suffix: suffix, Separator: separator}
		switch layout {
		case 1:
			p.Layout = wedge.AZERTY
		case 2:
			p.Layout = wedge.QWERTZ
		}
		r := p.Read(raw)
		if r.Fault != nil || len(r.Message.Elements) == 0 {
			wedge.LostSeparator(r.Scan)
			return
		}
		if again := (wedge.Profile{}).Read(r.Scan); again.Fault != nil || text(again.Message.Elements) != text(r.Message.Elements) {
			t.Fatalf("%q was read as %q, and that as %q (%v)", raw, r.Scan, again.Scan, again.Fault)
		}
		wedge.LostSeparator(r.Scan)
		_, _, _ = wedge.Learn(raw)
		wedge.Guess(raw)
	})
}
