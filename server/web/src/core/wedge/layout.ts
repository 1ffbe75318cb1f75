/** The keyboard layout of the host, where the reader types for a US keyboard; "" changes nothing. */
export type Layout = "" | "azerty" | "qwertz";

export const layouts: readonly Layout[] = ["azerty", "qwertz"];

// What a US key gives on the host, key by key, in the same order.
const usKeys = "1234567890-=qwertyuiop[]asdfghjkl;'\\zxcvbnm,./!@#$%^&*()_+QWERTYUIOP{}ASDFGHJKL:\"|ZXCVBNM<>?";
const hosts = {
  azerty: "&é\"'(-è_çà)=azertyuiop^$qsdfghjklmù*wxcvbn,;:!1234567890°+AZERTYUIOP¨£QSDFGHJKLM%µWXCVBN?./§",
  qwertz: "1234567890ß´qwertzuiopü+asdfghjklöä#yxcvbnm,.-!\"§$%&/()=?`QWERTZUIOPÜ*ASDFGHJKLÖÄ'YXCVBNM;:_",
};

const keyMap = (host: string): ReadonlyMap<string, string> => new Map(Array.from(host, (c, i) => [c, usKeys[i]!]));
const maps = { azerty: keyMap(hosts.azerty), qwertz: keyMap(hosts.qwertz) };

/** repair gives the text that the reader meant. Characters that no key gives stay. */
export function repair(layout: Layout, text: string): string {
  return layout === "" ? text : Array.from(text, (c) => maps[layout].get(c) ?? c).join("");
}
