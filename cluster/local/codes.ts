/** Codes with which a local control plane refuses. */
export const LOCAL_CODES = {
  LC001: {
    title: 'the control plane’s own settings are among the host files',
    why: 'a control plane with other flags than the platform’s would prove nothing about it',
    remedy: 'hand in all host files of a region of the tree',
  },
  LC002: {
    title: 'a part of the control plane comes up and stays up',
    why: 'what runs against half a control plane fails for reasons of its own',
    remedy: 'read the part’s log, whose end is shown; a port may be taken or the memory too small',
  },
  LC003: {
    title: 'the folder of a control plane is its own',
    why: 'two control planes in one folder would write over each other’s store',
    remedy: 'name a folder that does not exist yet, or an empty one',
  },
  LC004: {
    title: 'the socket of the key service is free',
    why: 'a key service that already listens there belongs to somebody else',
    remedy: 'set `controlPlane.kmsSocket` of the region to a path of its own',
  },
  LC005: {
    title: 'a published definition of a custom resource can be found',
    why: 'objects of a kind that the server does not know cannot be applied',
    remedy: 'see tools/published/go.mod for the modules that publish them',
  },
} as const;

/** A code of {@link LOCAL_CODES}. */
export type LocalCode = keyof typeof LOCAL_CODES;
