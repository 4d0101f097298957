import { keyIdOf } from '../../cluster/store/sealed-value';

/** A field of bytes of a protobuf message. */
const bytes = (field: number, value: Buffer): Buffer =>
  Buffer.concat([Buffer.from([field * 8 + 2]), length(value.length), value]);
const length = (count: number): Buffer => Buffer.from(count < 128 ? [count] : [(count & 127) | 128, count >> 7]);
const head = (text = 'k8s:enc:kms:v2:drun:'): Buffer => Buffer.from(text);
const id = 'vault:transit/etcd:v2:1700000000';
const data = Buffer.alloc(300, 0x12);
const message = Buffer.concat([
  bytes(1, data),
  bytes(2, Buffer.from(id)),
  bytes(3, Buffer.from('vault:v2:AAAA')),
  Buffer.from([0x28, 1]),
]);

describe('the key that a stored value is sealed with', () => {
  test('[ENC-2] is the one that the API server wrote beside it', () => {
    expect(keyIdOf(Buffer.concat([head(), message]))).toBe(id);
    expect(keyIdOf(Buffer.concat([head('k8s:enc:kms:v2:other:'), message]))).toBe(id);
    expect(keyIdOf(Buffer.concat([head(), Buffer.from([0x28, 1]), bytes(2, Buffer.from(id))]))).toBe(id);
  });

  test.each([
    ['plain text', Buffer.from('k8s\0{"kind":"Secret"}')],
    ['a value that another provider sealed', Buffer.concat([head('k8s:enc:aescbc:v1:drun:'), message])],
    ['a value of the first version of the protocol', Buffer.concat([head('k8s:enc:kms:v1:drun:'), message])],
    ['a value without a provider’s end', Buffer.from('k8s:enc:kms:v2:drun')],
    ['a value without a message', head()],
    [
      'a value whose data holds an id and that has none',
      Buffer.concat([head(), bytes(1, Buffer.concat([bytes(2, Buffer.from(id))]))]),
    ],
    ['a value that breaks off', Buffer.concat([head(), message]).subarray(0, 330)],
    ['a message of another form', Buffer.concat([head(), Buffer.from([0x0d, 1, 2, 3, 4])])],
    ['nothing', Buffer.alloc(0)],
  ])('[ENC-2] fails for %s', (_, value) => {
    expect(keyIdOf(value)).toBeUndefined();
  });
});
