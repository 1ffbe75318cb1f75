package gs1

// coupon walks over a North American coupon (8110, 8112) field by field. The first field that is
// missing, cut short or out of its range stops the walk.
type coupon struct {
	v  string
	at int
	check
}

func (c *coupon) fail(field string) {
	if c.code == "" {
		c.check = check{code: Coupon, at: min(c.at, len(c.v)), detail: "(" + field + ")"}
	}
}

// one takes a digit that must be one of allowed; "" allows each.
func (c *coupon) one(field, allowed string) byte {
	if c.code != "" {
		return 0
	}
	if c.at >= len(c.v) {
		c.fail(field + " is missing")
		return 0
	}
	d := c.v[c.at]
	if allowed != "" && !contains(allowed, d) {
		c.fail(field + " is out of range")
		return 0
	}
	c.at++
	return d
}

// some takes n characters.
func (c *coupon) some(field string, n int) string {
	if c.code != "" {
		return ""
	}
	if len(c.v)-c.at < n {
		c.fail(field + " is too short")
		return ""
	}
	c.at += n
	return c.v[c.at-n : c.at]
}

// counted takes a length digit and as many characters, and more of them.
func (c *coupon) counted(field, allowed string, more int) string {
	n := c.one("length of "+field, allowed)
	if c.code != "" {
		return ""
	}
	return c.some(field, int(n-'0')+more)
}

// option says whether the optional field with this number comes now, and steps over its number.
func (c *coupon) option(number byte) bool {
	if c.code != "" || c.at >= len(c.v) || c.v[c.at] != number {
		return false
	}
	c.at++
	return true
}

func (c *coupon) purchase(which string) {
	c.counted(which+" purchase requirement", "12345", 0)
	c.one(which+" purchase requirement code", "012349")
	c.some(which+" purchase family code", 3)
}

// company takes a company prefix that may be left out by the length digit 9.
func (c *coupon) company(which string) {
	if n := c.one("length of "+which+" purchase company prefix", "01234569"); c.code == "" && n != '9' {
		c.some(which+" purchase company prefix", int(n-'0')+6)
	}
}

func (c *coupon) end() check {
	if c.at < len(c.v) {
		c.fail("characters behind its end")
	}
	return c.check
}

func couponCode(v string) check {
	if d := digits(v); d.code != "" {
		return d
	}
	c := &coupon{v: v}
	c.counted("company prefix", "0123456", 6)
	c.some("offer code", 6)
	c.counted("save value", "12345", 0)
	c.purchase("first")
	if c.option('1') {
		c.one("additional purchase rules", "0123")
		c.purchase("second")
		c.company("second")
	}
	if c.option('2') {
		c.purchase("third")
		c.company("third")
	}
	c.dates()
	if c.option('5') {
		c.counted("serial number", "", 6)
	}
	if c.option('6') {
		c.counted("retailer", "1234567", 6)
	}
	if c.option('9') {
		c.one("save value code", "01256")
		c.one("save value applies to", "012")
		c.one("store coupon flag", "")
		c.one("do not multiply flag", "01")
	}
	return c.end()
}

func (c *coupon) dates() {
	var until string
	if c.option('3') {
		until = c.day("last day")
	}
	if c.option('4') {
		if from := c.day("first day"); until != "" && from > until {
			c.fail("first day is after the last")
		}
	}
}

func (c *coupon) day(field string) string {
	v := c.some(field, 6)
	if v != "" && shortDate(v, false).code != "" {
		c.fail(field + " is no date")
	}
	return v
}

func couponOffer(v string) check {
	if d := digits(v); d.code != "" {
		return d
	}
	c := &coupon{v: v}
	c.one("format", "01")
	c.counted("funder", "0123456", 6)
	c.some("offer code", 6)
	c.counted("serial number", "", 6)
	return c.end()
}

func contains(set string, c byte) bool {
	for i := 0; i < len(set); i++ {
		if set[i] == c {
			return true
		}
	}
	return false
}
