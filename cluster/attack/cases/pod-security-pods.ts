import type { JsonObject } from '../../../constructs/core/json';
import type { CaseObject } from './case';
import { main, volume } from './pod-case';
import { container, type PodChange, pod } from './templates';

/** A pod by the name of what it tries. */
export interface NamedPod {
  readonly name: string;
  readonly pod: CaseObject;
}

const context = (securityContext: JsonObject): PodChange => main({ securityContext });
const spec = (change: JsonObject): PodChange => ({ spec: change });
const probe = (host: string) => ({ httpGet: { host, port: 80 } });

/** One change for each check of Pod Security `restricted`, in the words of the standard. */
const CHANGES: Readonly<Record<string, PodChange>> = {
  'host network': spec({ hostNetwork: true }),
  'host processes': spec({ hostPID: true }),
  'host IPC': spec({ hostIPC: true }),
  privileged: context({ privileged: true, allowPrivilegeEscalation: true }),
  'privilege escalation': context({ allowPrivilegeEscalation: true }),
  'privilege escalation left open': context({ allowPrivilegeEscalation: null }),
  'root allowed': spec({ securityContext: { runAsNonRoot: false } }),
  'root allowed in a container': context({ runAsNonRoot: false }),
  'user 0': spec({ securityContext: { runAsUser: 0 } }),
  'user 0 in a container': context({ runAsUser: 0 }),
  'capability NET_ADMIN': context({ capabilities: { add: ['NET_ADMIN'] } }),
  'capability SYS_ADMIN': context({ capabilities: { add: ['SYS_ADMIN'] } }),
  'capabilities kept': context({ capabilities: { drop: null } }),
  'no seccomp': spec({ securityContext: { seccompProfile: null } }),
  'seccomp unconfined': spec({ securityContext: { seccompProfile: { type: 'Unconfined' } } }),
  'seccomp unconfined in a container': context({ seccompProfile: { type: 'Unconfined' } }),
  'AppArmor unconfined': spec({ securityContext: { appArmorProfile: { type: 'Unconfined' } } }),
  'AppArmor unconfined in a container': context({ appArmorProfile: { type: 'Unconfined' } }),
  'SELinux type': spec({ securityContext: { seLinuxOptions: { type: 'spc_t' } } }),
  'SELinux role in a container': context({ seLinuxOptions: { role: 'system_r' } }),
  'sysctl of the kernel': spec({ securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '65536' }] } }),
  'host port': main({ ports: [{ containerPort: 80, hostPort: 80 }] }),
  'host path': volume({ hostPath: { path: '/' } }),
  'the socket of the container runtime': volume({ hostPath: { path: '/run/containerd/containerd.sock' } }),
  'a volume of NFS': volume({ nfs: { server: '10.0.0.1', path: '/' } }),
  'a volume of iSCSI': volume({ iscsi: { targetPortal: '10.0.0.1', iqn: 'iqn.2001-04.com.example:a', lun: 0 } }),
  'probe of another host': main({ livenessProbe: probe('169.254.169.254') }),
  'hook on another host': main({ lifecycle: { postStart: probe('127.0.0.1') } }),
  'root in an init container': spec({
    initContainers: [container({ name: 'init', securityContext: { runAsUser: 0 } })],
  }),
  'privileged init container': spec({
    initContainers: [
      container({ name: 'init', securityContext: { privileged: true, allowPrivilegeEscalation: true } }),
    ],
  }),
};

/** Pods that Pod Security refuses, each for one reason. */
export const POD_SECURITY_PODS: readonly NamedPod[] = Object.entries(CHANGES).map(([name, change]) => ({
  name,
  pod: pod(change),
}));
