/** What is longer is hardly written twice, and would make a bounded number of texts an unbounded number of bytes. */
const LONGEST = 1024;

/**
 * What was worked out for texts, because a platform writes the same few over and over. When it is full it starts anew: so it
 * stays useful, and hostile input costs time and not memory.
 */
export class Memory<V> {
  private readonly known = new Map<string, V>();

  /** @param most texts that are remembered */
  constructor(private readonly most: number) {}

  /** What is known of a text; undefined where it must be worked out. */
  get(text: string): V | undefined {
    return this.known.get(text);
  }

  /** Remembers what was worked out, and gives it back. */
  keep(text: string, value: V): V {
    if (text.length > LONGEST) return value;
    if (this.known.size >= this.most) this.known.clear();
    this.known.set(text, value);
    return value;
  }
}

/** A function of a text that is worked out once for the same text. */
export function remembered<V>(most: number, workOut: (text: string) => V): (text: string) => V {
  const memory = new Memory<V>(most);
  return (text) => memory.get(text) ?? memory.keep(text, workOut(text));
}

/** The same for two texts; bounded by their pairs, whichever of the two differs. */
export function rememberedPairs<V>(most: number, workOut: (a: string, b: string) => V): (a: string, b: string) => V {
  const known = new Map<string, Memory<V>>();
  let pairs = 0;
  return (a, b) => {
    const found = known.get(a)?.get(b);
    if (found !== undefined) return found;
    const made = workOut(a, b);
    if (a.length > LONGEST) return made;
    if (pairs >= most) known.clear();
    pairs = pairs >= most ? 1 : pairs + 1;
    const beside = known.get(a) ?? new Memory<V>(most);
    known.set(a, beside);
    return beside.keep(b, made);
  };
}
