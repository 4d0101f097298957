export { RBAC_CODES, type RbacCode, type RbacCodeText } from './codes';
export { proveRbac } from './prove';
export type { RbacFigures, RbacMatrixRow, RbacNote, RbacReport, RbacViolation } from './report';
