import { whereInstalled } from '../where-installed';

whereInstalled(['pulumi', 'pulumi-resource-kubernetes'], () => {
  test('one', () => undefined);
  describe('a group', () => {
    test('two', () => undefined);
  });
});

test('a case that needs no tool', () => undefined);
