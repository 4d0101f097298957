import type { RuleText } from '../../constructs/core/rule';

/** A document that is no object at all. */
export const NOT_AN_OBJECT: RuleText = {
  id: 'DRN190',
  title: 'every document is a keyed object',
  why: 'a list or a bare value is nothing the API server can take, and no rule can read it',
  remedy: 'remove the document or write it as an object',
};

/** An object that was not checked because of its size. */
export const TOO_LARGE: RuleText = {
  id: 'DRN191',
  title: 'every object is small enough to be checked to its end',
  why: 'an object that is checked in part could hide anything in the rest, so it fails as a whole',
  remedy: 'split the object or remove the nesting',
};

/** A rule that could not speak. */
export const RULE_THREW: RuleText = {
  id: 'DRN192',
  title: 'every rule reaches a verdict',
  why: 'a rule that breaks has seen something nobody thought of; taking that for a pass would open a door',
  remedy: 'mend the object if its shape is wrong, and report the rule as a bug',
};

/** A waiver after its last day. */
export const WAIVER_EXPIRED: RuleText = {
  id: 'DRN193',
  title: 'no waiver is past its last day',
  why: 'an exemption is granted for a while; after that the rule bites again, and the waiver must go or be renewed',
  remedy: 'mend what it covered, or renew it with a new date and a reason',
  control: 'CMP-1',
};

/** A waiver that covers nothing. */
export const WAIVER_STALE: RuleText = {
  id: 'DRN194',
  title: 'every waiver covers a breach that exists',
  why: 'a waiver that covers nothing is a hole waiting for an object of that name',
  remedy: 'delete the waiver',
  control: 'CMP-1',
};

/** Codes of the engine itself; none of them can be waived. */
export const ENGINE_CODES: readonly RuleText[] = [NOT_AN_OBJECT, TOO_LARGE, RULE_THREW, WAIVER_EXPIRED, WAIVER_STALE];
