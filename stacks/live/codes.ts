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
  LIV010: {
    title: 'an object that is in the way is the platform’s own',
    why: 'taking over what somebody else made would change or, later, delete it behind their back',
    remedy: 'see who made it, and remove it or give it another name; nothing of it was touched',
  },
  LIV011: {
    title: 'the cluster serves every kind that is to be deployed',
    why: 'half a platform is a platform without some of its walls',
    remedy:
      'install the charts of the controllers first: `drun synth` writes a helmfile for them; the Gateway API comes by itself',
  },
  LIV012: {
    title: 'the API server accepts an object',
    why: 'what it refuses is not there, and what needs it was held back',
    remedy: 'read what the server said, mend it and run the command again',
  },
  LIV013: {
    title: 'an object becomes ready in time',
    why: 'what comes after it relies on it',
    remedy: 'see its status and the controller that serves it, then run the command again',
  },
  LIV014: {
    title: 'nothing that holds data is removed by the way',
    why: 'a namespace takes its volumes and secrets with it, a definition every object of its kind',
    remedy: 'name its tenant with --unprotect if it is meant to go',
  },
  LIV015: {
    title: 'an object that is deleted goes away in time',
    why: 'what waits for a finalizer stays, and a new object of the name cannot be made',
    remedy: 'see its finalizers and the controller that must remove them, then run the command again',
  },
  LIV016: {
    title: 'removing an environment is confirmed',
    why: 'its namespaces go with everything in them, and nothing brings that back',
    remedy: 'repeat the command with --confirm and the name of the environment',
  },
  LIV020: {
    title: 'an object of an interrupted creation is provably the stack’s own',
    why: 'a state that takes in somebody else’s object would change it, and delete it later',
    remedy: 'see who made the object; remove it, or import it by hand with `pulumi import`',
  },
  LIV021: {
    title: 'an interrupted operation is one that can be resumed',
    why: 'of a chart’s release or an object of Vault no label says whose it is',
    remedy: 'run `pulumi refresh --stack` with its name, and answer what it asks',
  },
  LIV022: {
    title: 'the state of a stack holds together',
    why: 'a state with a hole in it is one that the engine refuses, or worse, misreads',
    remedy: 'repair it with `pulumi state repair`, or import an earlier export',
  },
} as const satisfies Readonly<Record<string, CodeText>>;

/** Code of a refusal by what talks to a live cluster. */
export type LiveCode = keyof typeof LIVE_CODES;
