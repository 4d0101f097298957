import type { AttackCase } from './cases/case';
import { CONTROL_PLANE_CASES } from './cases/control-plane';
import { LIMIT_CASES } from './cases/limits';
import { POD_SECURITY_CASES } from './cases/pod-security';
import { THIRD_PARTY_CASES, THIRD_PARTY_CASES_ELSEWHERE } from './cases/third-party';
import { admissionTrials, plainTrial, type Trial } from './trials';

/** Every case that is not one of admission alone. */
export const PLAIN_CASES: readonly AttackCase[] = [
  ...CONTROL_PLANE_CASES,
  ...THIRD_PARTY_CASES,
  ...THIRD_PARTY_CASES_ELSEWHERE,
  ...LIMIT_CASES,
  ...POD_SECURITY_CASES,
];

/** Every trial of every case, those that need a broken platform last. */
export function allTrials(): readonly Trial[] {
  const admission = admissionTrials();
  const whole = admission.filter((trial) => trial.case.lost === undefined);
  return [...whole, ...PLAIN_CASES.map(plainTrial), ...admission.filter((trial) => trial.case.lost !== undefined)];
}
