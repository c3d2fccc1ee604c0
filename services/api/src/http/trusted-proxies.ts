import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { parseAddress, type Address } from './client-address.ts';

type Network = [address: Address, bits: number];

/**
 * Reads an address, or a network in CIDR form.
 *
 * @returns undefined when it is neither. IPv4 inside IPv6 is neither: its networks trust far too much.
 */
function parseNetwork(text: string): Network | undefined {
  const [host = '', bits, ...rest] = text.split('/');
  const family = isIP(host);
  const address = parseAddress(host);
  // An address that proxies would write with a port or a zone is no configuration.
  if (family === 0 || !address || rest.length > 0 || host.includes('%')) return undefined;
  if (family === 6 && address.kind() === 'ipv4') return undefined;
  const allBits = family === 4 ? 32 : 128;
  if (bits === undefined) return [address, allBits];
  if (!/^\d{1,3}$/.test(bits) || Number(bits) < 1 || Number(bits) > allBits) return undefined;
  return [address, Number(bits)];
}

/** Whether a text is an address or a network that proxies may have. */
export function isNetwork(text: string): boolean {
  return parseNetwork(text) !== undefined;
}

/**
 * Makes the check that express applies to each address on the way from the socket to the client: whether it is a
 * trusted proxy, however the proxy before it has written it.
 *
 * @param networks as `isNetwork` takes them; none: no proxy is trusted
 */
export function createTrust(networks: readonly string[]): (address: string) => boolean {
  const trusted = networks.map(parseNetwork).filter((network) => network !== undefined);
  return (text) => {
    const address = parseAddress(text);
    return address !== undefined && ipaddr.subnetMatch(address, { trusted }, 'none') === 'trusted';
  };
}
