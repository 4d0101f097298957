import { FINDINGS } from '../../../analysis/network';

test.each(Object.entries(FINDINGS))(
  '[NET-4] %s can be explained in plain words',
  (code, { title, why, remedy, control }) => {
    expect(code).toMatch(/^PRV\d{3}$/);
    expect(control).toMatch(/^NET-\d$/);
    for (const text of [title, why, remedy]) {
      expect(text.length).toBeGreaterThan(10);
      expect(text).not.toMatch(/\.$/);
    }
  },
);
