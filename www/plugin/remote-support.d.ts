// The public surface of the plugin. Halo's ids are numbers; times are seconds since 1970; errors carry `code`, `message`,
// `advice` and `retryable`.

export interface PluginError extends Error {
  code: string;
  advice: string;
  retryable: boolean;
}

/** Loads the module once; a failed load (rejected with a `PluginError`) can be tried again. */
export default function init(): Promise<unknown>;
/** Registers the elements; harmless twice, or when a name is taken. */
export function defineElements(): void;

export interface Message {
  code: string;
  args?: Record<string, string>;
}

export interface RepresentativeNames {
  private?: string | null;
  public?: string | null;
  display?: string | null;
}
export interface Agent {
  id: number;
  name: string;
  beyondtrustName?: string | null;
  invitesEnabled?: boolean;
  disabled?: boolean;
}
export type Match =
  | { kind: 'matched'; agent: number; by: 'beyondtrustName' | 'haloName' }
  | { kind: 'ambiguous'; candidates: number[] }
  | { kind: 'none'; nearest: string[] };
export function matchAgents(representatives: RepresentativeNames[], agents: Agent[]): Match[];

/** `team:3` or `general`. */
export type TeamQueue = string;
export type Channel = { agent: number } | { team: TeamQueue };
export interface Team {
  queue: TeamQueue;
  name: string;
  displayName?: string;
  isDefault?: boolean;
  enabled?: boolean;
}
export interface Representative extends RepresentativeNames {
  id: number;
  invited?: boolean;
  sessions?: number | null;
}
export interface Routing {
  queue: { representative: { id: number } } | { team: { queue: TeamQueue } } | null;
  channel: Channel | null;
  name: string | null;
  asked: string | null;
  reason: string;
  message: Message;
  /** The message as a sentence. */
  text: string;
  trace: Message[];
}
export function routeInvite(
  channel: Channel | null | undefined,
  directory: { agents: Agent[]; teams: Team[] },
  loggedIn: Representative[],
  settings?: { fallback?: boolean },
): Routing;

export interface TemplateProblem {
  code: string;
  message: string;
  refused: boolean;
  line: number;
  column: number;
}
export interface Values {
  link?: string | null;
  sessionCode?: string | null;
  canned?: string;
  named?: Record<string, string>;
}
export interface RenderedInvite {
  /** `null` when the template is refused: see `warnings`. */
  output: string | null;
  warnings: TemplateProblem[];
  leftToHalo: string[];
  blankLink: boolean;
}
export function renderInvite(template: string, values: Values, options?: { format: 'html' | 'text' }): RenderedInvite;
export function lintTemplate(template: string): TemplateProblem[];

/** Detail of `remote-support:invite-sent`. */
export interface InviteSent {
  invite: { id: string; ticket: number; state: string; email: string; sentBy: string; routing: Omit<Routing, 'text'>; created: number; expires: number | null };
}
/** Detail of `remote-support:failed`. */
export interface Failed {
  code: string;
  message: string;
  advice: string;
  retryable: boolean;
}

declare global {
  interface HTMLElementEventMap {
    'remote-support:invite-sent': CustomEvent<InviteSent>;
    'remote-support:failed': CustomEvent<Failed>;
  }
}
