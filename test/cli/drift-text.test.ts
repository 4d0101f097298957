import { driftText } from '../../cli/text/drift';
import { PLAIN } from '../../cli/text/paint';
import type { Drift } from '../../cluster/drift/drift';
import { NO_CHANGES } from '../../stacks/preview/changes';

const nothing: Drift = { regions: ['eu', 'us'], objects: 7, changes: NO_CHANGES, notes: [] };

test('[MON-5] a cluster that is as planned is one line', () => {
  expect(driftText('dev', nothing, false, PLAIN)).toBe('dev  ok     as planned  (7 objects in 2 regions)\n');
});

test('[MON-5] what it means comes first, then each object with who did it, then the verdict', () => {
  const object = { key: 'k', owner: 'tenant acme', regions: ['eu'] };
  const found: Drift = {
    ...nothing,
    changes: {
      ...NO_CHANGES,
      posture: [
        {
          direction: 'widens',
          tenant: 'acme',
          sentence: 'opens acme -> anywhere',
          controls: ['NET-4'],
          objects: [],
          regions: ['eu', 'us'],
        },
      ],
      objects: [
        { ...object, label: 'RoleBinding a/evil', change: 'added', fields: [] },
        {
          ...object,
          label: 'NetworkPolicy a/x',
          change: 'changed',
          fields: [{ path: 'spec.egress', before: undefined, after: [{}] }],
        },
        { ...object, label: 'Namespace b', change: 'removed', fields: [], regions: ['eu', 'us'] },
      ],
    },
    notes: [
      { region: 'eu', label: 'RoleBinding a/evil', note: 'made by mallory\u202e' },
      { region: 'us', label: 'Namespace c', note: 'its deletion was asked for' },
    ],
  };
  expect(driftText('dev', found, true, PLAIN).split('\n')).toEqual([
    'widens  acme: opens acme -> anywhere  [NET-4]',
    'added    RoleBinding a/evil  in eu',
    '           made by mallory<U+202E>',
    'changed  NetworkPolicy a/x  in eu',
    '           spec.egress: added [{}]',
    'missing  Namespace b',
    'note     Namespace c: its deletion was asked for  in us',
    'dev  drift  1 missing, 1 changed, 1 added; 1 widening  (7 objects in 2 regions)',
    '',
  ]);
});
