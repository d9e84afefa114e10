// The public surface of the plugin. Halo's ids are numbers; times are seconds since 1970; errors carry `code`, `message`,
// `advice` and `retryable`.

export interface PluginError extends Error {
  code: string;
  advice: string;
  retryable: boolean;
}

/** Loads the functions once, in a browser or in Node; a failed load (rejected with a `PluginError`) can be tried again. */
export default function init(): Promise<void>;
/** Registers the elements, which load what they need when they are used; harmless twice, or when a name is taken. */
export function defineElements(): Promise<void>;

/** What every function takes last. */
export interface Options {
  /** Language of the sentences: `en` (the default) or `de`; regions are looked past. */
  lang?: string;
}

/** A code with its arguments, and the sentence they make. */
export interface Message {
  code: string;
  args?: Record<string, string>;
  text: string;
}

/** Something refused (`error`) or odd (`warning`), with its place: both 1-based. */
export interface Problem {
  code: string;
  severity: 'error' | 'warning';
  message: string;
  line: number;
  column: number;
}

export interface RepresentativeNames {
  private?: string | null;
  public?: string | null;
  display?: string | null;
}
export interface Party {
  /** `representative`, `customer`, `system` or empty. */
  role: string;
  /** Connection number inside this session; `0` is the system. */
  gsnumber: string | null;
  name: string;
}
/** One entry of a session's log. */
export interface SessionEvent {
  at: number | null;
  /** BeyondTrust's `event_type`, an open set: `Chat Message`, `File Upload`, ... */
  kind: string;
  by: Party | null;
  to: Party | null;
  body: string | null;
  data: [name: string, value: string][];
  /** Sizes in bytes. */
  files: [name: string, size: number | null][];
}
export interface SessionRepresentative extends RepresentativeNames {
  gsnumber: string | null;
  id: number | null;
  username: string | null;
  owner: boolean;
  secondsInvolved: number;
  invited: boolean;
}
export interface Customer {
  gsnumber: string | null;
  username: string | null;
  hostname: string | null;
  os: string | null;
  publicIp: string | null;
  privateIp: string | null;
  name: string | null;
  company: string | null;
}
export interface Session {
  lsid: string | null;
  start: number | null;
  /** `null` while the session runs. */
  end: number | null;
  seconds: number | null;
  externalKey: string | null;
  publicSite: string | null;
  chatUrl: string | null;
  recordingUrl: string | null;
  /** The primary one first. */
  customers: Customer[];
  primaryCustomer: string | null;
  /** Connection number of the primary representative. */
  primaryRepresentative: string | null;
  representatives: SessionRepresentative[];
  teams: string[];
  /** Custom attributes by code name. */
  attributes: [codeName: string, value: string][];
  events: SessionEvent[];
}
export interface SessionReport {
  /** No problem of severity `error`. */
  ok: boolean;
  sessions: Session[];
  problems: Problem[];
  /** The text of BeyondTrust's error document, when it is one. */
  error?: string;
}
/**
 * Reads BeyondTrust's session report. Bad XML is a problem, never an exception. Bytes as they came are read fastest.
 * @param options `lsid`: the session it must hold.
 */
export function checkSessionReport(xml: string | Uint8Array, options?: Options & { lsid?: string }): SessionReport;

export interface Agent {
  id: number;
  name: string;
  beyondtrustName?: string | null;
  invitesEnabled?: boolean;
  disabled?: boolean;
}
export type Match =
  | { kind: 'matched'; agent: number; by: 'beyondtrustName' | 'haloName'; trace: Message[] }
  | { kind: 'ambiguous'; candidates: number[]; trace: Message[] }
  | { kind: 'none'; nearest: string[]; trace: Message[] };
/** Which agent each representative is: equal names or none, never similar ones. */
export function matchAgents(representatives: RepresentativeNames[], agents: Agent[], options?: Options): Match[];
/** Agents that are asked about often: a match takes as long among ten thousand of them as among ten. */
export interface AgentDirectory {
  match(representatives: RepresentativeNames[], options?: Options): Match[];
  /** Gives its memory back at once; otherwise that happens some time after nobody holds it. */
  free(): void;
}
export function agentDirectory(agents: Agent[]): AgentDirectory;

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
  message: { code: string; args?: Record<string, string> };
  /** The message as a sentence. */
  text: string;
  trace: Message[];
}
/** Whose queue an invite goes to. `fallback`: the default team takes it when the agent is away (on by default). */
export function routeInvite(
  channel: Channel | null | undefined,
  directory: { agents: Agent[]; teams: Team[] },
  loggedIn: Representative[],
  options?: Options & { fallback?: boolean },
): Routing;

export interface Values {
  link?: string | null;
  sessionCode?: string | null;
  canned?: string;
  /** By variable name without the dollar sign. */
  named?: Record<string, string>;
}
export interface RenderedInvite {
  /** `null` when the template is refused: see `warnings`. */
  output: string | null;
  warnings: Problem[];
  leftToHalo: string[];
  blankLink: boolean;
}
/** Fills a template; what was scanned for the latest ones is kept. */
export function renderInvite(template: string, values: Values, options?: Options & { format?: 'html' | 'text' }): RenderedInvite;
/** What is refused or odd in an HTML template. */
export function lintTemplate(template: string, options?: Options): Problem[];

export interface DispositionContext {
  agents?: Agent[];
  settings?: { addAutomatically?: boolean; onlyGenerated?: boolean; privateNotes?: boolean; ticketPrefix?: string };
  /** The invite or launch whose code is in the external key, when it was issued here. */
  issued?: { code: string; ticket?: number | null; chat?: number | null } | null;
  /** What Halo says of the chat that the key names. */
  chat?: { open: boolean; ticket?: number | null; name?: string | null } | null;
}
export type Disposition = {
  owner: { agent: number; name: string; rule: 'primary' | 'mostInvolved' | 'first' } | null;
  technicians: { name: string; matched: Record<string, unknown> & { kind: Match['kind'] } }[];
  reason: Message;
  /** The note as it would be written: HTML. */
  note: string | null;
  trace: Message[];
} & ({ kind: 'ticket'; ticket: number; typed: boolean } | { kind: 'chat'; chat: number } | { kind: 'stored' } | { kind: 'refused' });
/** Where a session's details go, and why. */
export function decideDisposition(session: Session, context?: DispositionContext, options?: Options): Disposition;

export interface PinnedOptions extends Options {
  /** `jumpItem` (the default), or `pinnedClient` as in Halo's guide. */
  action?: 'jumpItem' | 'pinnedClient';
  /** What BeyondTrust compares the tag with; `any` by default. */
  field?: 'any' | 'hostname' | 'comments' | 'tag';
  /** Leads the session back to its ticket. */
  externalKey?: string | null;
}
/** The link that opens the device with this tag; throws a `PluginError` for a value that is empty or was not filled in. */
export function pinnedSessionUrl(site: string, search: string, options?: PinnedOptions): string;

/** A client for the proxy; every call rejects with a `PluginError`. The answers are those of its API. */
export interface ProxyClient {
  /** Nobody when nobody is signed in. */
  me(): Promise<{ id: number; name: string; isAdministrator: boolean } | null>;
  channels(about: { ticket: number } | { chat: number }): Promise<Record<string, unknown>>;
  invites(about: { ticket: number } | { chat: number }): Promise<{ invites: InviteSent['invite'][]; lookAgain: number }>;
  /** A mail about a ticket, or a message in a chat. A repeated call with the same key sends at most once. */
  invite(invite: NewInvite, key?: string): Promise<InviteSent['invite']>;
  renewInvite(id: string, options?: { again?: boolean }, key?: string): Promise<InviteSent['invite']>;
  revokeInvite(id: string): Promise<InviteSent['invite']>;
  /** The open chats of a ticket, or the agent's own. */
  chats(about?: { ticket: number }): Promise<Record<string, unknown>>;
  launches(about: { asset: number }): Promise<Record<string, unknown>>;
  /** Records that a device is opened, and answers the link that opens it. */
  launch(launch: { asset: number; ticket?: number }): Promise<{ id: string; url: string; ticket: number | null }>;
  sessions(about?: { state?: string; ticket?: number; linkTo?: number; search?: string }): Promise<Record<string, unknown>>;
  linkSession(lsid: string, link: { ticket: number; from?: number }): Promise<Record<string, unknown>>;
  unlinkSession(lsid: string): Promise<Record<string, unknown>>;
  settings(): Promise<Record<string, unknown>>;
  testSettings(settings?: object): Promise<{ ok: boolean; checks: object[] }>;
}
export function connect(options: { proxy: string; signal?: AbortSignal }): ProxyClient;

/** `POST /invites`: `ticket` and `email`, or `chat`. */
export type NewInvite = { channel?: Channel; body?: string; again?: boolean } & ({ ticket: number; email: string; subject?: string } | { chat: number });

/** Detail of `remote-support:invite-sent`. */
export interface InviteSent {
  invite: {
    id: string;
    ticket: number | null;
    chat: number | null;
    state: 'draft' | 'sent' | 'waiting' | 'joined' | 'ended' | 'expired' | 'revoked' | 'unreported';
    email: string | null;
    sentBy: string;
    steps: { is: 'waiting' | 'joined' | 'left' | 'ended'; at: number; name?: string }[];
    routing: Omit<Routing, 'text'>;
    created: number;
    expires: number | null;
  };
}
/** Detail of `remote-support:session-linked`. */
export interface SessionLinked {
  session: { lsid: string; ticket: number | null; state: string };
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
    'remote-support:ready': CustomEvent<null>;
    'remote-support:signed-in': CustomEvent<null>;
    'remote-support:invite-sent': CustomEvent<InviteSent>;
    'remote-support:session-linked': CustomEvent<SessionLinked>;
    'remote-support:failed': CustomEvent<Failed>;
  }
}
