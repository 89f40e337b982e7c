/** 127.0.0.0/8 and ::1, also as IPv4 within IPv6. */
export function isLoopback(ip: string): boolean {
  return ip === '::1' || /^(::ffff:)?127(\.\d{1,3}){3}$/.test(ip);
}

/** A name of this machine, or its address; as it stands in a URL or a Host header, with or without port. */
export function isLocalName(host: string): boolean {
  const name = URL.parse(`http://${host}`)?.hostname.replace(/^\[|\]$/g, '');
  return name !== undefined && (name === 'localhost' || name.endsWith('.localhost') || isLoopback(name));
}
