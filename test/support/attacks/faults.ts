import { fill } from '../../../cluster/attack/names';
import type { JsonObject } from '../../../constructs/core/json';
import { recordAt } from '../../../constructs/core/json';
import type { Battlefield } from './arena';

/** Does something to an object with all rights, and puts it back as it was when `during` is over, whatever came of it. */
export async function without(
  { cluster, names }: Battlefield,
  path: string,
  change: JsonObject | 'deleted',
  during: () => Promise<void>,
): Promise<void> {
  const at = fill(path, names);
  const before = await cluster.request({ method: 'GET', path: at });
  if (before.status !== 200) throw new Error(`${at}: ${before.status}`);
  const broken =
    change === 'deleted'
      ? await cluster.request({ method: 'DELETE', path: at })
      : await cluster.request({ method: 'PATCH', path: at, contentType: 'application/merge-patch+json', body: change });
  if (broken.status >= 300) throw new Error(`${at}: ${broken.status} ${JSON.stringify(broken.body.message)}`);
  try {
    await during();
  } finally {
    await restore({ cluster }, at, before.body);
  }
}

/** Writes an object as it was read, whether it is there or not: a controller may have made it again in the meantime. */
export async function restore(
  { cluster }: Pick<Battlefield, 'cluster'>,
  at: string,
  before: JsonObject,
): Promise<void> {
  const {
    resourceVersion: _,
    uid: __,
    managedFields: ___,
    creationTimestamp: ____,
    ...metadata
  } = recordAt(before, 'metadata');
  const { status: _____, ...rest } = before;
  let said = '';
  for (let attempt = 0; attempt < 10; attempt += 1) {
    const there = await cluster.request({ method: 'GET', path: at });
    const version = recordAt(there.body, 'metadata').resourceVersion;
    const current = version === undefined ? {} : { resourceVersion: version };
    const body: JsonObject = JSON.parse(JSON.stringify({ ...rest, metadata: { ...metadata, ...current } }));
    const answer =
      there.status === 200
        ? await cluster.request({ method: 'PUT', path: at, body })
        : await cluster.request({ method: 'POST', path: at.slice(0, at.lastIndexOf('/')), body });
    if (answer.status < 300) return;
    said = `${answer.status} ${JSON.stringify(answer.body.message)}`;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`${at} is not restored: ${said}`);
}
