import { version as kubernetes } from '@pulumi/kubernetes/package.json';
import { version as vault } from '@pulumi/vault/package.json';

/** Versions of the provider plugins, taken from the packages that are installed; the SDKs themselves are never loaded. */
export const PLUGIN_VERSION = { kubernetes, vault } as const;
