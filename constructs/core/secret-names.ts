/** Words in the names of things that are secret: fields, variables, keys of a ConfigMap, annotations. */
const WORDS =
  /pass(?:word|wd|phrase)|secret|credential|token|bearer|(?:private|api|access|signing|client)[-_.]?key|(?:^|[-_.])key\.pem/i;
const STRONG = /pass(?:word|wd|phrase)|private[-_.]?key/i;
/** `TOKEN_FILE`, `secretName`, `maxTokens` speak about a secret without being one. */
const ABOUT =
  /(?:file|path|dir|name|ref|url|uri|endpoint|host|ttl|length|size|count|limit|expiry|expiration|lifetime|issuer|type|policy|rotation|period|version|mount|role|enabled|id|max|min|per[-_.]?\w+)s?$|tokens$|tokeni[sz]er|max[-_.]?token/i;
/** `secretStore`, `tokenRef` only point to one. Fewer than above: an identifier or an address may be one half of a secret. */
const POINTER =
  /(?:name|ref|refs|store|namespace|path|type|engine|audience|mount|version|class|provider|policy|automount\w*|expiration\w*|lifetime|ttl|seconds|enabled)s?$/i;

/**
 * Whether a value of this name must not be written down: `certain` for passwords and private keys, `likely` for what is a secret
 * only where its value looks like one.
 */
export function namedLikeSecret(name: string): 'certain' | 'likely' | undefined {
  if (!WORDS.test(name) || ABOUT.test(name)) return undefined;
  return STRONG.test(name) ? 'certain' : 'likely';
}

/** Whether a value of this name must not be shown, whatever it looks like. */
export function isSecretName(name: string): boolean {
  return WORDS.test(name) && !isPointerName(name);
}

/** Whether what has this name only points to a secret, and so does all that is below it. */
export function isPointerName(name: string): boolean {
  return POINTER.test(name);
}
