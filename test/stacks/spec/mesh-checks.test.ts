import { ProblemError } from '../../../constructs/core/problem';
import type { MeshProps } from '../../../constructs/mesh/mesh-settings';
import { defineEnvironment, type EnvironmentProps } from '../../../stacks/spec/environment';

type RegionProps = EnvironmentProps['regions'][number];

function joined(more: Partial<Extract<MeshProps['clusters'], { mode: 'multi-primary' }>> = {}): MeshProps {
  const authority = { server: 'https://vault.example.com:8200' };
  const addresses = { gateway: ['10.1.0.0/24'], callers: ['10.2.0.0/16'] };
  return { clusters: { mode: 'multi-primary', mesh: 'prod', authority, ...addresses, ...more } };
}

function region(name: string, mesh: MeshProps, facts: RegionProps['facts'] = {}): RegionProps {
  return { name, continent: 'europe', mesh, facts };
}

/** The mistakes of an environment with these regions, one a line. */
function mistakes(...regions: readonly RegionProps[]): string {
  try {
    defineEnvironment({ name: 'test', access: { issuer: 'https://id.example/realms/x' }, regions: [...regions] });
    return '';
  } catch (error) {
    return error instanceof ProblemError ? error.message : String(error);
  }
}

describe('regions of one mesh', () => {
  test('[NET-1] are several, with one trust domain, one data plane, one name and a network each', () => {
    expect(mistakes(region('a', joined()), region('b', joined()))).toBe('');
    expect(mistakes(region('a', {}), region('b', {}))).toBe('');
  });

  test.each([
    ['one of them stands alone', [region('a', joined()), region('b', {})], /regions\[1\]\.mesh\.clusters\.mode/],
    ['there is one', [region('a', joined())], /regions\[0\]\.mesh\.clusters\.mode: .*add a region/],
    [
      'their trust domains differ',
      [region('a', joined()), region('b', joined(), { trustDomain: 'other.example' })],
      /regions\[1\]\.facts\.trustDomain: .*cluster\.local, as a has it/,
    ],
    [
      'one is ambient and one has sidecars',
      [region('a', joined()), region('b', { ...joined(), dataPlane: 'sidecar' })],
      /regions\[1\]\.mesh\.dataPlane: .*ambient, as a has it/,
    ],
    [
      'they name two meshes',
      [region('a', joined()), region('b', joined({ mesh: 'other' }))],
      /regions\[1\]\.mesh\.clusters\.mesh/,
    ],
    [
      'they share a network',
      [region('a', joined({ network: 'n' })), region('b', joined({ network: 'n' }))],
      /regions\[1\]\.mesh\.clusters\.network/,
    ],
    [
      'nobody signs for one of them',
      [region('a', joined({ authority: {} })), region('b', joined())],
      /regions\[0\]\.mesh\.clusters\.authority: .*name it, or add `vault` to the region/,
    ],
    [
      'one would be called by everybody it did not name',
      [region('a', joined({ callers: [] })), region('b', joined())],
      /regions\[0\]\.mesh\.clusters\.callers/,
    ],
  ])('[NET-1] fail where %s', (_, regions, pattern) => {
    expect(mistakes(...regions)).toMatch(pattern);
  });
});
