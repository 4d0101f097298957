import { LABEL, MANAGER } from '../../../constructs/core/labels';

/** Labels of what delivers the platform; it is the platform's own, and no tenant's. */
export const DELIVERY_LABELS = { [LABEL.managedBy]: MANAGER, [LABEL.component]: 'gitops' } as const;
