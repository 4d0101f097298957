/** What `drun explain CODE` says of one way in which an input can be wrong. */
export interface CodeText {
  readonly title: string;
  /** What would happen if it were let through. */
  readonly why: string;
  readonly remedy: string;
}

/** Every code with which the reading of files refuses: IN1xx for files people write, IN2xx for directories of manifests. */
export const INPUT_CODES = {
  IN101: {
    title: 'the file is not valid yaml',
    why: 'a reader that guesses at broken text builds something else than what was meant',
    remedy: 'correct the line; mappings are `key: value`, lists are `- item`, and indents are two spaces',
  },
  IN102: {
    title: 'a key stands twice in one mapping',
    why: 'readers silently keep one of the two values, and which one differs from reader to reader',
    remedy: 'keep one of the two, or merge them',
  },
  IN103: {
    title: 'anchors and aliases are not used here',
    why: 'a value that is written elsewhere cannot be reviewed where it acts, and nested aliases can grow without bound',
    remedy: 'write the value out in each place',
  },
  IN104: {
    title: 'merge keys are not used here',
    why: '`<<` is an extension that yaml 1.2 dropped: some readers merge, others make a key of that name',
    remedy: 'write the merged fields out',
  },
  IN105: {
    title: 'tags are not used here',
    why: 'a tag changes the type of a value, and with some readers runs code',
    remedy: 'remove the tag; quote the value if it must be text',
  },
  IN106: {
    title: 'directives are not used here',
    why: '`%YAML` and `%TAG` change how the same text is read',
    remedy: 'remove the line that starts with `%`',
  },
  IN107: {
    title: 'a file holds one document',
    why: 'what stands after a second `---` would be ignored or would override what stands before',
    remedy: 'move the other document to a file of its own',
  },
  IN108: {
    title: 'the text holds control or invisible characters',
    why: 'what a reviewer sees would differ from what is read: such characters hide, reorder or end text',
    remedy: 'delete the character; use ordinary spaces',
  },
  IN109: {
    title: 'the file starts with a byte order mark',
    why: 'some readers make it a part of the first key',
    remedy: 'save the file as utf-8 without a byte order mark',
  },
  IN110: {
    title: 'the text holds a tab',
    why: 'yaml forbids tabs in indents, and elsewhere readers differ',
    remedy: 'use spaces, or write "\\t" inside double quotes',
  },
  IN111: {
    title: 'the text is not valid unicode',
    why: 'bytes that are no utf-8, or half a surrogate pair, are replaced by some readers and refused by others',
    remedy: 'save the file as utf-8',
  },
  IN112: {
    title: 'the file is too large',
    why: 'a file that people write and review is small; the limit keeps a reader from being flooded',
    remedy: 'split the file',
  },
  IN113: {
    title: 'the document nests too deep',
    why: 'nothing that people write nests that deep; the limit keeps a reader from being flooded',
    remedy: 'flatten the structure',
  },
  IN114: {
    title: 'a key is a reserved name',
    why: '`__proto__`, `constructor` and `prototype` reach into the objects of careless javascript programs',
    remedy: 'choose another key',
  },
  IN115: {
    title: 'a key is not plain text',
    why: 'a list, mapping, number, boolean or null as key becomes different text in different readers',
    remedy: 'write the key as one word, or quote it',
  },
  IN116: {
    title: 'an unquoted word that yaml 1.1 takes for a boolean or null',
    why: '`no` is false to one reader and text to another: the country code of Norway becomes false',
    remedy: 'write true, false or null, or quote the word if it is text',
  },
  IN117: {
    title: 'an unquoted number in a notation that readers disagree on',
    why: '`017` is 15 or 17, `1_000` a number or text, `12:30:45` a time or 45045, and `1.10` loses its zero',
    remedy: 'write a plain decimal number, or quote it if it is text',
  },
  IN118: {
    title: 'the file is empty',
    why: 'an empty file is more often an accident than a wish',
    remedy: 'write at least one field, or delete the file',
  },
  IN119: {
    title: 'too many mistakes to show',
    why: 'beyond a hundred, one cause has many effects',
    remedy: 'correct the first ones and run again',
  },
} satisfies Readonly<Record<string, CodeText>>;

/** A code of {@link INPUT_CODES}. */
export type InputCode = keyof typeof INPUT_CODES;
