/** What every value begins with that a key service sealed: version 2 of the protocol, then the provider’s name and a colon. */
const SEALED = Buffer.from('k8s:enc:kms:v2:', 'latin1');
const COLON = 0x3a;
/** Field of the key's id in `EncryptedObject` (k8s.io/apiserver, storage/value/encrypt/envelope/kmstypes/v2). */
const KEY_ID = 2;

/**
 * Id of the key that a value of etcd is sealed with; undefined where it is sealed otherwise, or not at all. The value
 * is a protobuf message of which only this field is read; nothing is opened.
 */
export function keyIdOf(value: Buffer): string | undefined {
  if (!value.subarray(0, SEALED.length).equals(SEALED)) return undefined;
  const colon = value.indexOf(COLON, SEALED.length);
  return colon === -1 ? undefined : textField(value.subarray(colon + 1), KEY_ID);
}

/** A field of a protobuf message whose fields are numbers or lengths with bytes; undefined where it is not there, or the message breaks off. */
function textField(message: Buffer, wanted: number): string | undefined {
  for (let at = 0; at < message.length; ) {
    const tag = varint(message, at);
    const next = tag && varint(message, tag.end);
    if (tag === undefined || next === undefined) return undefined;
    const [field, type] = [tag.value >>> 3, tag.value & 7];
    if (type !== 0 && type !== 2) return undefined;
    at = type === 0 ? next.end : next.end + next.value;
    if (field === wanted && type === 2) {
      return at > message.length ? undefined : message.subarray(next.end, at).toString('utf8');
    }
  }
  return undefined;
}

function varint(bytes: Buffer, from: number): { readonly value: number; readonly end: number } | undefined {
  let value = 0;
  for (let at = from; at < bytes.length && at < from + 5; at += 1) {
    const byte = bytes[at] ?? 0;
    value += (byte & 0x7f) * 2 ** (7 * (at - from));
    if (byte < 0x80) return { value, end: at + 1 };
  }
  return undefined;
}
