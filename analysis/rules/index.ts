export { WAIVER_STALE } from './codes';
export { type CheckOptions, CheckRun, checkObjects } from './engine';
export { SHARED_ANNOTATION } from './exclusive';
export { TOKEN_ANNOTATION } from './privileges';
export type { Breach, CheckRecord } from './record';
export type { CheckReport, RuleResult } from './report';
export { explainRule, RULES } from './table';
export { WALK_LIMITS, type WalkLimits } from './walk';
