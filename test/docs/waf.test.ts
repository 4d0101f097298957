import { wafDocument } from '../support/waf/report';

test('docs/waf.md shows what was measured', () => {
  const { is, must } = wafDocument();
  expect(is).toBe(must);
});
