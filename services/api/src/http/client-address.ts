import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

export type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** What of a request says where it comes from. */
interface Sender {
  /** As express finds it. */
  ip?: string | undefined;
  socket: { remoteAddress?: string | undefined };
}

/** How many bits of an IPv6 address one customer holds. */
const customerBits = 56;

/**
 * Reads an address as proxies write it: alone, in quotes or brackets, with a port or a zone behind it. IPv4
 * inside IPv6 is the IPv4 address. Sources: RFC 7239, section 6 (node identifiers), and what Azure and IIS put
 * into X-Forwarded-For.
 *
 * @returns undefined when the text is no address
 */
export function parseAddress(text: string): Address | undefined {
  const host = hostOf(text);
  // The library also takes 0x7f.1 and the like, which no proxy writes: Node decides what an address is.
  if (isIP(host) === 0) return undefined;
  const address = ipaddr.parse(host.includes(':') ? inHex(host) : host);
  return isIPv6(address) && address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
}

/** The key under which an address is counted: IPv4 whole, IPv6 by its /56. */
export function addressKey(address: Address): string {
  if (!isIPv6(address)) return address.toString();
  const [first = 0, second = 0, third = 0, fourth = 0] = address.parts;
  const groups = [first, second, third, fourth & 0xff00];
  return `${groups.map((group) => group.toString(16)).join(':')}::/${customerBits}`;
}

/**
 * The key under which the sender of a request is counted. Where proxies pass on something that is no address,
 * it is the socket's own: all clients that can make them do so share one bucket.
 */
export function clientKey({ ip, socket }: Sender): string {
  const address = parseAddress(ip ?? '') ?? parseAddress(socket.remoteAddress ?? '');
  return address ? addressKey(address) : 'unknown';
}

function isIPv6(address: Address): address is ipaddr.IPv6 {
  return address.kind() === 'ipv6';
}

/** The address alone, without quotes, brackets, port and zone. */
function hostOf(text: string): string {
  const trimmed = text.trim();
  const unquoted = /^"([^"]*)"$/.exec(trimmed)?.[1] ?? trimmed;
  const [, bracketed, beforePort] = /^(?:\[([^\]]*)\]|([^:]*))(?::[\w.-]*)?$/.exec(unquoted) ?? [];
  const [host = ''] = (bracketed ?? beforePort ?? unquoted).split('%');
  return host;
}

/** An IPv6 address whose last 32 bits are not written as IPv4: the library reads ::1.2.3.4 as IPv4. */
function inHex(host: string): string {
  return host.includes('.') ? new URL(`http://[${host}]`).hostname.slice(1, -1) : host;
}
