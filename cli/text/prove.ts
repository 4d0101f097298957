import type { ProvedCluster } from '../commands/prove';
import type { Paint } from './paint';
import { columns, count, lines, list, oneLine } from './words';

/** What `drun prove` prints: figures per cluster, the declared paths, and each finding with what opens it. */
export function proveText(target: string, clusters: readonly ProvedCluster[], paint: Paint): string {
  const findings = clusters.flatMap((cluster) => cluster.findings);
  const pairs = clusters.reduce((sum, { proof }) => sum + proof.network.pairs, 0);
  const verdict =
    findings.length === 0 ? paint.good('holds') : paint.bad(`fails, ${count(findings.length, 'finding')}`);
  return lines(
    ...clusters.map((cluster) => clusterText(cluster, paint).trimEnd()),
    `${paint.bold(target)}: ${count(pairs, 'tenant pair')} in ${count(clusters.length, 'cluster')}: the proof ${verdict}`,
  );
}

function clusterText({ cluster, proof: { network, rbac, declared }, findings }: ProvedCluster, paint: Paint): string {
  const { figures } = rbac;
  const future =
    network.futureKinds === 0
      ? ''
      : `, and every tenant yet to come (${count(network.futureKinds, 'kind')} of namespaces)`;
  return lines(
    paint.bold(cluster),
    `  network  ${count(network.tenants.length, 'tenant')}, ${count(network.pairs, 'ordered pair')}${future}; all ports and protocols`,
    `  rights   ${count(figures.subjects, 'subject')}, ${count(figures.bindings, 'binding')}, ${count(figures.rights, 'right')} held or reachable by a chain`,
    ...declared.map(
      ({ from, to, namespace, ports }) =>
        `  ${paint.good('declared')} ${oneLine(from)} -> ${oneLine(namespace ?? to)}:${ports.join(',')}`,
    ),
    ...network.egress.map(
      ({ tenant, namespace, hosts, through }) =>
        `  ${paint.note('egress')}   ${oneLine(`${tenant} (${namespace}) -> ${list(hosts)}`)}, through ${through}`,
    ),
    ...rbac.notes.map(({ tenant, sentence }) => paint.faint(`  note     ${oneLine(`${tenant}: ${sentence}`)}`)),
    ...findings.flatMap(({ code, sentence, expected, remedy, openedBy, chain = [] }) => [
      `  ${paint.bad(code)}   ${oneLine(sentence)}`,
      `           ${paint.faint('must hold')} ${expected}`,
      ...chain.map((link, i) => `           ${paint.faint(i === 0 ? 'chain     ' : '       -> ')}${oneLine(link)}`),
      ...(openedBy.length === 0
        ? []
        : [
            `           ${paint.faint('opened by')}`,
            columns(
              openedBy.map((opener) => [oneLine(opener)]),
              '             ',
            ),
          ]),
      `           ${paint.faint('remedy')} ${paint.note(remedy)}`,
    ]),
  );
}
