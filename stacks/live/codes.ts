import type { CodeText } from '../spec/input-codes';

/** Codes with which whatever talks to a live cluster refuses. */
export const LIVE_CODES = {
  LIV001: {
    title: 'a kubeconfig that is named can be read, and has the context',
    why: 'a wrong guess would talk to another cluster than the one that was meant',
    remedy: 'name the file with --kubeconfig, and see its contexts with `kubectl config get-contexts`',
  },
  LIV002: {
    title: 'the API server answers',
    why: 'what was sent may or may not have happened, and nothing that follows can be known',
    remedy: 'see that the server is up and reachable, and run the command again: it goes on where it stood',
  },
  LIV003: {
    title: 'the credentials of the kubeconfig can be had',
    why: 'a request without an identity is refused, or worse, taken for somebody else’s',
    remedy: 'log in again, or see what the exec plugin of the kubeconfig says',
  },
  LIV004: {
    title: 'the API server says which kinds it serves',
    why: 'an object of a kind that nobody serves cannot be sent, compared or removed',
    remedy: 'see that the identity may read /api and /apis, and that no aggregated API is broken',
  },
} as const satisfies Readonly<Record<string, CodeText>>;

/** Code of a refusal by what talks to a live cluster. */
export type LiveCode = keyof typeof LIVE_CODES;
