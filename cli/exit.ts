/** Exit codes of `drun`; they are a contract with scripts and pipelines. */
export const EXIT = {
  /** It is as it should be. */
  ok: 0,
  /** A rule or a proof found something. */
  findings: 1,
  /** The input or the command line is wrong; nothing was written. */
  input: 2,
  /** A defect of drun itself. */
  internal: 3,
  /** Something changed; only where `--exit-code` asks for it. */
  changed: 4,
} as const;

/** One of {@link EXIT}. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What each exit code says, for the help and the reference. */
export const EXIT_TEXTS: readonly (readonly [ExitCode, string])[] = [
  [EXIT.ok, 'fine'],
  [EXIT.findings, 'findings: a rule or a proof failed, or a stack did not come up'],
  [EXIT.input, 'bad input or usage; nothing was written'],
  [EXIT.internal, 'internal error: a defect of drun'],
  [EXIT.changed, 'preview --exit-code only: something changed'],
];

/** The exit code over problems: what rules, proofs and constructs found is a finding, anything else is bad input. */
export function exitOver(problems: readonly { readonly code: string }[]): ExitCode {
  return problems.every(({ code }) => /^(DRN|PRV|PL003|PL004)/.test(code)) ? EXIT.findings : EXIT.input;
}
