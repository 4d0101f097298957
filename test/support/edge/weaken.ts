import { isRecord, recordAt, stringAt } from '../../../constructs/core/json';

/** Objects as plain data; tests change copies of them. */
export type Objects = readonly object[];

/** A change to objects that takes a wall away; a test has to notice it. */
export type Weakening = (objects: Objects) => Objects;

/** Takes an object away. Throws where there is none: nothing would have been weakened. */
export function without(kind: string, name: string): Weakening {
  return (objects) => {
    const rest = objects.filter((one) => !is(one, kind, name));
    if (rest.length === objects.length) throw new Error(`there is no ${kind} ${name} to take away`);
    return rest;
  };
}

/** Sets a field of an object, or takes it away where no value is given. Throws where there is no such object. */
export function changed(kind: string, name: string, path: readonly (string | number)[], value?: unknown): Weakening {
  return (objects) => {
    if (!objects.some((one) => is(one, kind, name))) throw new Error(`there is no ${kind} ${name} to change`);
    return objects.map((one) => (is(one, kind, name) ? recordAt({ one: replaced(one, path, value) }, 'one') : one));
  };
}

/** Several changes, one after the other. */
export function all(...weakenings: readonly Weakening[]): Weakening {
  return (objects) => weakenings.reduce((changing, weaken) => weaken(changing), objects);
}

/** A copy of plain data with one field set. Throws where the way to it does not exist. */
export function replaced(data: unknown, [key, ...rest]: readonly (string | number)[], value: unknown): unknown {
  if (key === undefined) return value;
  if (Array.isArray(data) && typeof key === 'number') {
    if (key >= data.length) throw new Error(`there is no element ${key}`);
    return data.map((one: unknown, at) => (at === key ? replaced(one, rest, value) : one));
  }
  if (!isRecord(data)) throw new Error(`there is no field ${key} in ${JSON.stringify(data)}`);
  const { [key]: inner, ...others } = data;
  if (rest.length === 0 && value === undefined) {
    if (inner === undefined) throw new Error(`there is no field ${key} to take away`);
    return others;
  }
  return { ...others, [key]: replaced(inner, rest, value) };
}

function is(object: object, kind: string, name: string): boolean {
  return stringAt(object, 'kind') === kind && recordAt(object, 'metadata').name === name;
}
