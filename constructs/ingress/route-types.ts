/** What a route of a type may cost, and how long it may take: what stands where an exposure says nothing else. */
export interface RouteType {
  /** What people read of it. */
  readonly meaning: string;
  /** Requests a minute from one address, and from all together, at each proxy of the edge. */
  readonly rate: { readonly perAddress: number; readonly total: number };
  /** Requests a minute with the tokens of one caller, at all proxies together: a step of the table of rates. */
  readonly perKey: number;
  /** Longest time from the first byte of a request to the last one of its answer, in seconds. */
  readonly timeoutSeconds: number;
  /** Most of a body that is held to be inspected, in bytes: the whole, where files do not pass. Beyond it the answer is 413. */
  readonly bodyBytes: number;
  /** Contents of files pass while they arrive, once the firewall has inspected what stands before them. */
  readonly filesPass: boolean;
  /** Times that a request is sent again where no part of it can have reached the service. */
  readonly retries: number;
}

const MIB = 1024 * 1024;

/**
 * Types of routes by name. The firewall chooses its body limits, parsers and rules by the same name, the first part of the
 * route's own: `inference/acme/chat`.
 */
export const ROUTE_TYPES = {
  api: {
    meaning: 'calls of programs, such as JSON',
    rate: { perAddress: 600, total: 60_000 },
    perKey: 600,
    timeoutSeconds: 30,
    bodyBytes: MIB,
    filesPass: false,
    retries: 2,
  },
  inference: {
    meaning: 'prompts for a model, whose text may be anything, with answers that stream for minutes',
    rate: { perAddress: 120, total: 12_000 },
    perKey: 120,
    timeoutSeconds: 600,
    bodyBytes: 8 * MIB,
    filesPass: false,
    retries: 0,
  },
  console: {
    meaning: 'pages for people, with all that a page loads',
    rate: { perAddress: 1_200, total: 60_000 },
    perKey: 1_200,
    timeoutSeconds: 60,
    bodyBytes: MIB,
    filesPass: false,
    retries: 2,
  },
  upload: {
    meaning: 'files',
    rate: { perAddress: 60, total: 3_000 },
    perKey: 60,
    timeoutSeconds: 3_600,
    bodyBytes: MIB,
    filesPass: true,
    retries: 0,
  },
} as const satisfies Record<string, RouteType>;

/** `api`, `inference`, `console` or `upload`. */
export type RouteTypeName = keyof typeof ROUTE_TYPES;

/** The names as a list that schemas take. */
export const ROUTE_TYPE_NAMES = ['api', 'inference', 'console', 'upload'] as const satisfies readonly RouteTypeName[];

/** The settings of a type, by the interface rather than by its literals. */
export function routeType(name: RouteTypeName): RouteType {
  return ROUTE_TYPES[name];
}
