/** What a process does of the daemon's work. One process with all of them is the usual case. */
export const daemonRoles = ['connectors', 'stages', 'web'] as const;
export type DaemonRole = (typeof daemonRoles)[number];
