import { schemaText } from '../stacks/spec/json-schema';
import { constructsReference } from './constructs-reference';
import { controlsReference } from './controls-reference';
import { cliReference } from './docs';
import { keysReference } from './keys-reference';

/** A committed file that is made from the code; a test fails where the two differ. */
export interface GeneratedFile {
  /** Path below the root of the package. */
  readonly path: string;
  readonly content: () => string;
}

/** Every generated file that `npm run generate` writes. */
export const GENERATED: readonly GeneratedFile[] = [
  { path: 'schemas/tenant.schema.json', content: () => schemaText('tenant') },
  { path: 'schemas/environment.schema.json', content: () => schemaText('environment') },
  { path: 'docs/cli.md', content: cliReference },
  { path: 'docs/constructs.md', content: constructsReference },
  { path: 'docs/controls.md', content: controlsReference },
  { path: 'docs/keys.md', content: keysReference },
];
