import * as z from 'zod';
import { ownImage } from '../core/references';

/** How the edge tightens by itself while somebody attacks, and lets go again. */
export const automaticSchema = z.strictObject({
  image: ownImage.describe('image of services/edge-switch, which turns the switch'),
  holdMinutes: z
    .int()
    .min(5)
    .max(1_440)
    .default(30)
    .describe('how long less is let in after the last sign of an attack; then it ends by itself'),
});

/** The settings with every default filled in. */
export type AutomaticSettings = Readonly<z.output<typeof automaticSchema>>;
