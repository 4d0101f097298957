import type { IConstruct } from 'constructs';
import { CheckRun } from '../analysis/rules';
import type { Problem } from '../constructs/core/problem';
import type { Environment, Region } from './spec/environment';

/**
 * The gate that every sink passes: all rules over a region's objects. A run keeps claims, never objects, so tenants can
 * stream through it.
 */
export function gateOf(environment: Environment, region: Region, today: string): CheckRun {
  const facts = environment.regions.map(({ name, facts: { podCidrs, serviceCidrs, nodeCidrs } }) => ({
    cluster: name,
    podCidrs,
    serviceCidrs,
    nodeCidrs,
  }));
  // A waiver that names an object of another region would look stale here; stale ones are reported where all regions met.
  return new CheckRun({ today, waivers: environment.waivers, facts });
}

/** What the constructs of a tree say of themselves through `node.addValidation`, as problems. */
export function validationProblems(root: IConstruct): readonly Problem[] {
  return root.node.findAll().flatMap((construct) =>
    construct.node.validate().map((message) => ({
      code: 'PL003',
      path: construct.node.path,
      given: message,
      expected: 'a construct that holds together',
      remedy: 'mend what the construct says',
    })),
  );
}
