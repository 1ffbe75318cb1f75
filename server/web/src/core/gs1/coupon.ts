import { digits, shortDate, type Bad } from "./checks.ts";

/**
 * Coupon walks over a North American coupon (8110, 8112) field by field. The first
 * field that is missing, cut short or out of its range stops the walk.
 */
class Coupon {
  private at = 0;
  private bad: Bad | null = null;

  constructor(private readonly v: string) {}

  fail(field: string): void {
    this.bad ??= { code: "coupon", at: Math.min(this.at, this.v.length), detail: "(" + field + ")" };
  }

  /** one takes a digit that must be one of allowed; "" allows each. */
  one(field: string, allowed: string): number {
    if (this.bad) return 0;
    const d = this.v[this.at];
    if (d === undefined) {
      this.fail(field + " is missing");
      return 0;
    }
    if (allowed !== "" && !allowed.includes(d)) {
      this.fail(field + " is out of range");
      return 0;
    }
    this.at++;
    return Number(d);
  }

  /** some takes n characters. */
  some(field: string, n: number): string {
    if (this.bad) return "";
    if (this.v.length - this.at < n) {
      this.fail(field + " is too short");
      return "";
    }
    this.at += n;
    return this.v.slice(this.at - n, this.at);
  }

  /** counted takes a length digit and as many characters, and more of them. */
  counted(field: string, allowed: string, more: number): void {
    const n = this.one("length of " + field, allowed);
    this.some(field, n + more);
  }

  /** option says whether the optional field with this number comes now, and steps over its number. */
  option(number: string): boolean {
    if (this.bad || this.v[this.at] !== number) return false;
    this.at++;
    return true;
  }

  purchase(which: string): void {
    this.counted(which + " purchase requirement", "12345", 0);
    this.one(which + " purchase requirement code", "012349");
    this.some(which + " purchase family code", 3);
  }

  /** company takes a company prefix that may be left out by the length digit 9. */
  company(which: string): void {
    const n = this.one("length of " + which + " purchase company prefix", "01234569");
    if (n !== 9) this.some(which + " purchase company prefix", n + 6);
  }

  dates(): void {
    let until = "";
    if (this.option("3")) until = this.day("last day");
    if (this.option("4")) {
      const from = this.day("first day");
      if (until !== "" && from > until) this.fail("first day is after the last");
    }
  }

  private day(field: string): string {
    const v = this.some(field, 6);
    if (v !== "" && shortDate(v, false)) this.fail(field + " is no date");
    return v;
  }

  end(): Bad | null {
    if (this.at < this.v.length) this.fail("characters behind its end");
    return this.bad;
  }
}

export function couponCode(v: string): Bad | null {
  const d = digits(v);
  if (d) return d;
  const c = new Coupon(v);
  c.counted("company prefix", "0123456", 6);
  c.some("offer code", 6);
  c.counted("save value", "12345", 0);
  c.purchase("first");
  if (c.option("1")) {
    c.one("additional purchase rules", "0123");
    c.purchase("second");
    c.company("second");
  }
  if (c.option("2")) {
    c.purchase("third");
    c.company("third");
  }
  c.dates();
  if (c.option("5")) c.counted("serial number", "", 6);
  if (c.option("6")) c.counted("retailer", "1234567", 6);
  if (c.option("9")) {
    c.one("save value code", "01256");
    c.one("save value applies to", "012");
    c.one("store coupon flag", "");
    c.one("do not multiply flag", "01");
  }
  return c.end();
}

export function couponOffer(v: string): Bad | null {
  const d = digits(v);
  if (d) return d;
  const c = new Coupon(v);
  c.one("format", "01");
  c.counted("funder", "0123456", 6);
  c.some("offer code", 6);
  c.counted("serial number", "", 6);
  return c.end();
}
