import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ENVIRONMENTS } from '../../stacks/environments';
import { goldenFolder, synthesizeAll } from '../support/golden';

let work: string;

beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'drun-golden-'));
  synthesizeAll((environment) => join(work, environment));
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

test.each(ENVIRONMENTS.map(({ name }) => name))(
  '%s is what was committed: `npm run generate` writes it, and the change is for review',
  (name) => {
    const made = filesIn(join(work, name));
    expect(made).toEqual(filesIn(goldenFolder(name)));
    const different = made.filter(
      (file) => readFileSync(join(work, name, file), 'utf8') !== readFileSync(join(goldenFolder(name), file), 'utf8'),
    );
    expect(different).toEqual([]);
  },
);

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.yaml'))
    .sort();
}
