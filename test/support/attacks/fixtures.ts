import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { CaseObject } from '../../../cluster/attack/cases/case';
import type { NamedPod } from '../../../cluster/attack/cases/pod-security-pods';
import { isRecord } from '../../../constructs/core/json';
import { publishedModules } from '../../../tools/published';

/** Pods that Kubernetes' own tests hold against Pod Security `restricted`: those that must fail, and those that must pass. */
export async function podSecurityFixtures(): Promise<{ fails: readonly NamedPod[]; passes: readonly NamedPod[] }> {
  const module = (await publishedModules()).get('k8s.io/pod-security-admission');
  if (module === undefined) throw new Error('the module with the fixtures is not pinned');
  const folder = join(module, 'test', 'testdata', 'restricted');
  const versions = readdirSync(folder).filter((name) => /^v1\.\d+$/.test(name));
  const newest = versions.sort((a, b) => Number(b.slice(3)) - Number(a.slice(3)))[0] ?? '';
  return { fails: pods(join(folder, newest, 'fail')), passes: pods(join(folder, newest, 'pass')) };
}

function pods(folder: string): readonly NamedPod[] {
  return readdirSync(folder)
    .sort()
    .map((file) => {
      const pod: unknown = parse(readFileSync(join(folder, file), 'utf8'));
      if (!isPod(pod)) throw new Error(`${file} is no pod`);
      return { name: file.replace('.yaml', ''), pod };
    });
}

function isPod(value: unknown): value is CaseObject {
  return isRecord(value) && value.kind === 'Pod' && isRecord(value.metadata);
}
