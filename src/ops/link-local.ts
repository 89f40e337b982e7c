import { type LookupAddress, lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';

export const linkLocal = 'the address is link-local, where clouds keep their credentials; it is never called';

/** The YAML may name a server of the office's own network; never one that only this machine's cloud answers. */
export const neverLinkLocal: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, options, (error, address: string | LookupAddress[], family?: number) => {
    const all = Array.isArray(address) ? address.map((one) => one.address) : [address];
    if (error === null && all.some(isLinkLocal)) return callback(new Error(linkLocal), '', 0);
    callback(error, address, family);
  });
};

/** A link-local address written out: it is called without being looked up. */
export function namesLinkLocal({ hostname }: URL): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  return isIP(host) !== 0 && isLinkLocal(host);
}

/** 169.254.0.0/16 and fe80::/10, also as IPv4 within IPv6. */
function isLinkLocal(ip: string): boolean {
  return /^(::ffff:)?169\.254\./i.test(ip) || /^::ffff:a9fe:/i.test(ip) || /^fe[89ab][0-9a-f]:/i.test(ip);
}
