import type { PodRule } from './pod-rule';
import type { Check } from './policy';

/**
 * Variables by which NVIDIA's toolkit decides what to inject
 * (https://github.com/NVIDIA/nvidia-container-toolkit, internal/config/image). `NVIDIA_TF32_OVERRIDE` and the like are not.
 */
export const TOOLKIT_VARIABLE =
  "'^NVIDIA_(VISIBLE_DEVICES|DRIVER_CAPABILITIES|REQUIRE_.*|DISABLE_REQUIRE|MIG_.*|IMEX_CHANNELS|GDS|GDRCOPY|MOFED|NVSWITCH)$'";

/** Which devices a pod gets: those that its tenant leased, asked for by resource and in no other way. */
export const podDevices: PodRule = {
  id: 'devices',
  controls: { 'GPU-1': 'devices are reached by a granted resource only, never by variable, mount or annotation' },
  params: true,
  checks: () => [variables(), variablePrefix(), mounts(), resources()],
};

function variables(): Check {
  return {
    rows: ['S11'],
    each: 'variables.containers',
    as: 'c',
    holds: `c.?env.orValue([]).all(e, !e.name.matches(${TOOLKIT_VARIABLE}))`,
    given: 'an NVIDIA_* variable of the device toolkit in container {c.name}',
    expected: 'devices by resource limits only',
    remedy: 'remove the variable',
  };
}

/** A prefix could complete a harmless key of a ConfigMap to a variable of the toolkit. */
function variablePrefix(): Check {
  const prefix = "f.?prefix.orValue('')";
  return {
    rows: ['S11'],
    each: 'variables.containers',
    as: 'c',
    holds: `c.?envFrom.orValue([]).all(f, ${prefix} == '' || !('NVIDIA_'.startsWith(${prefix}) || ${prefix}.startsWith('NVIDIA_')))`,
    given: 'a prefix of envFrom that makes NVIDIA_* variables in container {c.name}',
    expected: 'devices by resource limits only',
    remedy: 'use another prefix',
  };
}

function mounts(): Check {
  return {
    rows: ['S12'],
    each: 'variables.containers',
    as: 'c',
    holds: [
      "c.?volumeMounts.orValue([]).all(m, !m.mountPath.contains('nvidia-container-devices')",
      "!m.mountPath.contains('/..') && !m.mountPath.contains('//') && !m.mountPath.contains('/./'))",
    ].join(' && '),
    given: 'a mount that reads as a list of devices, or an unclean path, in container {c.name}',
    expected: 'devices by resource limits only',
    remedy: 'mount the volume elsewhere',
  };
}

/** A device under requests alone is refused by the API server itself. */
function resources(): Check {
  const granted = (field: 'limits' | 'requests'): string =>
    `c.?resources.?${field}.orValue({}).all(k, !k.contains('/') || k in params.spec.gpuResources)`;
  return {
    rows: ['S13'],
    each: 'variables.containers',
    as: 'c',
    holds: `${granted('limits')} && ${granted('requests')}`,
    given: 'a device in container {c.name} that was not granted',
    expected: "devices among: {params.spec.gpuResources.join(' ')}",
    remedy: 'ask for the GPU kind that the tenant leased',
  };
}
