import type { CodeText } from './input-codes';

/** Codes with which the commands themselves refuse. */
export const COMMAND_CODES = {
  CLI001: {
    title: 'the command line is understood',
    why: 'an option that is ignored does something else than its writer believes',
    remedy: 'see the command’s --help',
  },
  CLI002: {
    title: 'a folder or file that is named exists and can be read',
    why: 'an empty answer about a folder that is not there would pass for a good one',
    remedy: 'correct the path',
  },
  CLI003: {
    title: 'what is compared against can be found',
    why: 'without an earlier state nobody can say what changed',
    remedy: 'name a commit, branch or tag of the repository that holds the tenants, or a folder of rendered YAML',
  },
  CLI004: {
    title: 'no file is overwritten that a person wrote',
    why: 'a tenant’s file is the only place where its wishes are written down',
    remedy: 'edit the file that is there, or choose another name',
  },
  CLI005: {
    title: 'a rule or code that is named exists',
    why: 'a filter that matches nothing would report that all is well',
    remedy: 'run `drun explain` for the list',
  },
  CLI006: {
    title: 'a proof over a directory knows the cluster’s addresses',
    why: 'manifests do not say where nodes, API server and pods are, and what is not named cannot be proved closed',
    remedy: 'give --pod-cidr, --service-cidr, --node-cidr and --api-server-cidr',
  },
  CLI007: {
    title: 'a directory that is checked or proved holds objects',
    why: 'a verdict over nothing would pass for a verdict over everything',
    remedy: 'point at the folder that holds the YAML',
  },
  CLI008: {
    title: 'a file or folder can be written',
    why: 'half an output is worse than none',
    remedy: 'check the path, the rights and the space on the disk',
  },
} satisfies Readonly<Record<string, CodeText>>;

/** A code of {@link COMMAND_CODES}. */
export type CommandCode = keyof typeof COMMAND_CODES;
