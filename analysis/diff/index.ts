export type { FieldChange } from './fields';
export { masked } from './mask';
export { diffObjects, type ObjectChange } from './objects';
export { diffPosture, type PostureChange } from './posture/posture';
