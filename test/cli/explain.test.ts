import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CODE_GROUPS, explainCode } from '../../cli/codes';
import { CONTROLS } from '../../constructs/core/control';
import { PACKAGE_ROOT } from '../../stacks/synth/fingerprint';
import { drun } from '../support/drun';

const FOLDERS = ['analysis', 'charts', 'cli', 'cluster', 'constructs', 'stacks', 'tools'];
const TABLE = /(^|[/-])codes\.ts$/;
const sources = FOLDERS.filter((folder) => existsSync(join(PACKAGE_ROOT, folder))).flatMap((folder) =>
  readdirSync(join(PACKAGE_ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => ({ file: join(folder, file), text: readFileSync(join(PACKAGE_ROOT, folder, file), 'utf8') })),
);
const codes = CODE_GROUPS.flatMap((group) => group.codes);
/** Where a code stands as a value: in quotes, or as a key of a table that the code looks up. */
const written = (text: string) =>
  [...text.matchAll(/['".\s]((?:IN|PL|DRN|PRV|OUT|CLI|LIV|TL|LC|CL|AP|AT|DR|VB|RE)\d{3})\b/g)].map(
    ([, code]) => code ?? '',
  );

describe('codes', () => {
  test('are all explained, wherever the source names one', () => {
    const known = new Set(codes.map(({ code }) => code));
    const unknown = sources.flatMap(({ file, text }) =>
      written(withoutComments(text))
        .filter((code) => !known.has(code))
        .map((code) => `${file}: ${code}`),
    );
    expect(unknown).toEqual([]);
  });

  test('are all used: no table explains what nobody says', () => {
    const used = new Set(
      sources.filter(({ file }) => !TABLE.test(file)).flatMap(({ text }) => written(withoutComments(text))),
    );
    // Codes of the engine and the rules are used by the name of their constant, and stand in the table of rules.
    const unused = codes.map(({ code }) => code).filter((code) => !used.has(code) && !code.startsWith('DRN'));
    expect(unused).toEqual([]);
  });

  test('stand for one thing each, and say why and what to do in plain words', () => {
    expect(new Set(codes.map(({ code }) => code)).size).toBe(codes.length);
    for (const { code, title, why, remedy, control } of codes) {
      for (const text of [title, why, remedy]) {
        expect({ code, text }).toEqual({ code, text: expect.stringMatching(/^(?![A-Z][a-z]+ )[^\n]{8,}[^.]$/) });
      }
      expect(control === undefined || Object.hasOwn(CONTROLS, control)).toBe(true);
    }
  });
});

describe('explain', () => {
  test('says what a code means, why, what to do and which promise it serves', async () => {
    const { code, out } = await drun(['explain', 'prv001']);
    expect(code).toBe(0);
    const text = explainCode('PRV001');
    for (const part of [text?.title, text?.why, text?.remedy, 'NET-4: network policies with least privilege'])
      expect(out).toContain(part);
  });

  test('lists the codes that serve a promise', async () => {
    expect((await drun(['explain', 'IAM-2'])).out).toMatch(/^PRV110 {2}/m);
    expect((await drun(['explain', 'MDL-4'])).out).toContain('no rule or proof checks it yet');
  });

  test('lists all codes, and gives them as JSON', async () => {
    const { out } = await drun(['explain']);
    for (const { code } of codes) expect(out).toMatch(new RegExp(`^  ${code} `, 'm'));
    expect(JSON.parse((await drun(['explain', '--json'])).out).codes).toHaveLength(codes.length);
  });

  test('fails over a code that nobody has and names the one that is meant', async () => {
    expect(await drun(['explain', 'PRV0001'])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/did you mean PRV001\?/),
    });
  });
});

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/[^\n]*/g, '$1');
}
