import * as z from 'zod';

/** Folder on control-plane hosts that holds every file of the platform. */
export const HOST_FOLDER = '/etc/kubernetes/drun';

/** The longest path that a unix socket may have (Linux, `sockaddr_un.sun_path`, with its closing zero byte). */
const SOCKET_PATH = 107;

/** What a region decides of its control plane. */
export const controlPlaneSchema = z.strictObject({
  kmsSocket: z
    .string()
    .regex(/^unix:\/\/\/[^\s@]+$/, { error: 'an address such as unix:///run/drun/kms.sock' })
    .max('unix://'.length + SOCKET_PATH, { error: `a path of at most ${SOCKET_PATH} characters` })
    .default('unix:///run/drun/kms.sock')
    .describe('socket of the key service (KMS v2) that wraps the keys of everything stored in etcd'),
  auditLog: z
    .string()
    .regex(/^\/[^\s]+\/[^\s/]+\.log$/, { error: 'an absolute path that ends in .log' })
    .default('/var/log/kubernetes/audit/audit.log')
    .describe('file on the control-plane hosts that the API server writes its audit events to'),
});

/** What a region may say of its control plane; every field has a default. */
export type ControlPlaneProps = z.input<typeof controlPlaneSchema>;
/** A control plane with every default filled in. */
export type ControlPlaneSettings = Readonly<z.output<typeof controlPlaneSchema>>;

/** Path of one of the platform's files on control-plane hosts. */
export function hostPath(file: string): string {
  return `${HOST_FOLDER}/${file}`;
}
