import * as fc from 'fast-check';

// One seed for everybody, so that a run that was green stays green; `DRUN_SEED=$RANDOM npm test` goes looking for more.
fc.configureGlobal({ seed: Number(process.env['DRUN_SEED'] ?? 20_261_122) });
