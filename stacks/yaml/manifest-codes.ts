import type { CodeText } from '../spec/input-codes';

/** Codes with which the reading of manifests refuses: files that other tools wrote, so more is allowed than in a tenant's file. */
export const MANIFEST_CODES = {
  IN201: {
    title: 'a manifest file is not valid yaml',
    why: 'what cannot be read cannot be checked, and a part that is skipped would pass unseen',
    remedy: 'correct the line, or write the file anew with the tool that made it',
  },
  IN202: {
    title: 'a document is no kubernetes object',
    why: 'without apiVersion, kind and metadata.name nobody can say what the document is',
    remedy: 'give it apiVersion, kind and metadata.name, or move the file out of the directory',
  },
  IN203: {
    title: 'a key stands twice in one mapping',
    why: 'the api server and other readers keep different values of the two',
    remedy: 'keep one of the two',
  },
  IN204: {
    title: 'aliases expand to too much',
    why: 'nested aliases can make gigabytes of a few lines',
    remedy: 'write the values out',
  },
  IN205: {
    title: 'a file or directory is too large',
    why: 'the limit keeps a reader from being flooded',
    remedy: 'split the file, or point at a smaller directory',
  },
  IN206: {
    title: 'a file or directory cannot be read',
    why: 'a part that is skipped would pass unseen',
    remedy: 'check that it exists and that you may read it',
  },
  IN207: {
    title: 'a file is not valid utf-8',
    why: 'readers replace or refuse such bytes, so that two of them see two different objects',
    remedy: 'save the file as utf-8',
  },
  IN208: {
    title: 'a document nests too deep',
    why: 'no object of kubernetes nests that deep; the limit keeps a reader from being flooded',
    remedy: 'remove the nesting',
  },
  IN209: {
    title: 'a document holds what json cannot hold',
    why: 'the api server stores json: infinities, custom tags and keys that are no text do not survive',
    remedy: 'quote the value, or remove it',
  },
} satisfies Readonly<Record<string, CodeText>>;

/** A code of {@link MANIFEST_CODES}. */
export type ManifestCode = keyof typeof MANIFEST_CODES;
