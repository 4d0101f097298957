import { App } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { ProblemError } from './problem';

/**
 * Root of the one tree. A cdk8s `App`, so every cdk8s construct works inside it, but it is read by the sinks of this
 * project: stock `synth()` resolves and validates the whole app once per chart, which grows with the square of the charts.
 */
export class Platform extends App {
  /** Whether `construct` is the root of a platform tree. */
  static isPlatform(construct: IConstruct): construct is Platform {
    return construct instanceof Platform;
  }

  override synth(): never {
    throw new ProblemError([
      {
        code: 'PL001',
        path: 'Platform.synth()',
        given: 'a call of cdk8s synth on a platform tree',
        expected: 'a sink of drun-platform',
        remedy: 'run `drun synth`, or use a plain cdk8s App to render constructs by themselves',
      },
    ]);
  }
}
