export type { FieldChange } from './fields';
export { MASKED, masked } from './mask';
export { diffObjects, type ObjectChange } from './objects';
