import { recordAt } from '../../constructs/core/json';
import { type ObjectRule, outcomeOf, type Place, type TextFinding, type TextRule } from '../../constructs/core/rule';
import { namedLikeSecret } from '../../constructs/core/secret-names';
import { assignsSecret, credentialIn, isReference, isSuspect, looksRandom } from '../../constructs/core/secret-text';

const EXPECTED = 'a reference to a vault path';

/** No credential stands in any text. Findings never repeat what they found. */
export const noSecretText: TextRule = {
  id: 'DRN120',
  title: 'no text of any object is a credential',
  why: 'what is synthesized is committed, diffed, logged and kept in state: a secret in it is a secret no more',
  remedy: 'put the value into Vault and refer to its path; then rotate it, for it has been written down',
  control: 'ENC-3',
  // the descriptions of a schema speak about secrets all the time, and hold none
  kinds: (_, kind) => kind !== 'CustomResourceDefinition',
  shortest: 'a://b:c@d'.length,
  text: (text) => (isSuspect(text) ? findingIn(text) : undefined),
  places: ['annotation', 'data', 'value'],
  place: (text, key, place, parent) => {
    const name = nameOf(key, place, parent);
    if (name === undefined || !valueIsSecret(name, text)) return undefined;
    return { given: 'a value whose name says that it is secret', expected: EXPECTED };
  },
};

function findingIn(text: string): TextFinding | undefined {
  const credential = credentialIn(text);
  if (credential !== undefined) return { given: credential, expected: EXPECTED };
  return assignsSecret(text) ? { given: 'a password or key set in a text', expected: EXPECTED } : undefined;
}

/** The name that a value goes by: of a variable, of a ConfigMap entry, of an annotation. */
function nameOf(key: string, place: Place, { name }: Readonly<Record<string, unknown>>): string | undefined {
  if (place === 'value') return typeof name === 'string' ? name : undefined;
  return place === 'annotation' || place === 'data' ? key : undefined;
}

function valueIsSecret(name: string, text: string): boolean {
  const named = namedLikeSecret(name);
  if (named === undefined || isReference(text)) return false;
  return named === 'certain' || looksRandom(text);
}

/** A Secret object is a place, never a value. */
export const emptySecrets: ObjectRule = {
  id: 'DRN122',
  title: 'no Secret carries data',
  why: 'base64 is not encryption: whoever reads the repository or the state reads the secret',
  remedy: 'let VaultStaticSecret or ExternalSecret fill it in the cluster',
  control: 'ENC-3',
  kinds: ['Secret.core'],
  check: ({ object }) =>
    outcomeOf(
      ['data', 'stringData'].flatMap((field) =>
        Object.keys(recordAt(object, field)).map((key) => {
          return {
            field: `${field}[${JSON.stringify(key.slice(0, 80))}]`,
            given: 'a value',
            expected: 'no data in the tree',
          };
        }),
      ),
    ),
};
