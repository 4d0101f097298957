/** Codes with which the re-encryption of a store refuses. */
export const STORE_CODES = {
  RE001: {
    title: 'a store is rewritten once every API server seals with the newest version of the key',
    why: 'an API server asks for the newest version each minute, and may write with the one before for three minutes more',
    remedy: 'run the command again five minutes after the key was rotated',
    control: 'ENC-3',
  },
  RE002: {
    title: 'nothing in a store is sealed with an old version of the key',
    why: 'what is left cannot be read any more once that version is retired',
    remedy:
      'read which keys are left and why; repair what refuses to be written, or wait for the API server that still seals with the old version; then run the command again, which goes on where it stopped',
    control: 'ENC-3',
  },
  RE003: {
    title: 'the store is read',
    why: 'only the store itself says what its values are sealed with',
    remedy:
      'name etcd’s address and a client certificate that it takes, such as those in /etc/kubernetes/pki/etcd on a control-plane host',
    control: 'ENC-3',
  },
} as const;

/** A code of {@link STORE_CODES}. */
export type StoreCode = keyof typeof STORE_CODES;
