import * as pulumi from '@pulumi/pulumi';
import { MockMonitor } from '@pulumi/pulumi/runtime/mocks';
import { isRecord, type JsonObject } from '../../constructs/core/json';
import { readSettings } from '../../stacks/config/settings';
import { type LandOptions, land } from '../../stacks/sinks/pulumi/program';

/** One resource as the engine would be asked for it. */
export interface RecordedResource {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly custom: boolean;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly provider: string;
  readonly version: string;
  readonly parent: string;
  readonly dependencies: readonly string[];
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  readonly deletedWith: string;
  /** Arguments whose changes the engine leaves alone. */
  readonly ignoreChanges: readonly string[];
  /** How many resources the engine had finished when this one was asked for. */
  readonly after: number;
}

/** What a program asked of the engine. */
export interface RecordedStack {
  readonly resources: readonly RecordedResource[];
  /** In the order in which the engine finished them. */
  readonly finished: readonly string[];
  readonly hash: string | undefined;
  readonly objects: number;
  readonly tenants: readonly string[];
  readonly leftOut: readonly string[];
  readonly warnings: readonly string[];
}

export const TODAY = '2026-11-22';

/** How a stack is run. */
export interface RecordOptions extends Partial<Omit<LandOptions, 'settings'>> {
  readonly settings?: Readonly<Record<string, string>>;
  /** Makes a resource before the engine says that it is there. @default - nobody does */
  readonly create?: (resource: { readonly type: string; readonly args: JsonObject }) => Promise<void>;
}

/**
 * Runs the program of a stack against Pulumi's mocks. They answer every request and keep no state: what the engine would
 * do with a plan, such as refusing a protected deletion, is not seen here.
 */
export async function recordStack(stack: string, options: RecordOptions = {}): Promise<RecordedStack> {
  const { settings = {}, create, ...rest } = options;
  const warnings: string[] = [];
  const resources: RecordedResource[] = [];
  const finished: string[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: async ({ name, inputs, type }) => {
        // The engine needs a moment for each resource: whoever does not wait for it is found out.
        await new Promise((resolve) => setImmediate(resolve));
        await create?.({ type, args: inputs });
        return { id: name, state: inputs };
      },
      call: ({ inputs }) => inputs,
    },
    'drun-platform',
    stack,
  );
  const spies = [record(resources, finished), silence(warnings)];
  const restore = withoutCallSites();
  try {
    const landed = land({ stack, settings: readSettings((key) => settings[key]), today: TODAY, ...rest });
    const hash = await new Promise<string | undefined>((resolve) => landed.contentHash.apply(resolve));
    return {
      resources,
      finished,
      hash,
      objects: landed.objects,
      tenants: landed.tenants,
      leftOut: landed.leftOut,
      warnings,
    };
  } finally {
    restore();
    for (const spy of spies) spy.mockRestore();
  }
}

function record(resources: RecordedResource[], finished: string[]) {
  const register = MockMonitor.prototype.registerResource;
  return jest.spyOn(MockMonitor.prototype, 'registerResource').mockImplementation(async function (
    this: MockMonitor,
    request,
    answer,
  ) {
    const inputs: unknown = request.getObject().toJavaScript();
    const at = resources.push({
      urn: '',
      type: request.getType(),
      name: request.getName(),
      custom: request.getCustom(),
      inputs: isRecord(inputs) ? inputs : {},
      provider: request.getProvider() || request.getProvidersMap().get('kubernetes') || '',
      version: request.getVersion(),
      parent: request.getParent(),
      dependencies: request.getDependenciesList(),
      protect: request.getProtect(),
      retainOnDelete: request.getRetainondelete(),
      deletedWith: request.getDeletedwith(),
      ignoreChanges: request.getIgnorechangesList(),
      after: finished.length,
    });
    await register.call(this, request, (error, response) => {
      const urn: string = response?.getUrn() ?? '';
      const asked = resources[at - 1];
      if (asked !== undefined) resources[at - 1] = { ...asked, urn };
      finished.push(urn);
      answer(error, response);
    });
  });
}

/** The SDK looks up the whole call stack for every resource: half of the time, and nobody reads it here. */
function withoutCallSites(): () => void {
  const { stackTraceLimit } = Error;
  const callSites = Object.getOwnPropertyDescriptor(pulumi.Resource, 'callsites') ?? {};
  Error.stackTraceLimit = 0;
  Object.defineProperty(pulumi.Resource, 'callsites', { ...callSites, value: () => [] });
  return () => {
    Error.stackTraceLimit = stackTraceLimit;
    Object.defineProperty(pulumi.Resource, 'callsites', callSites);
  };
}

function silence(warnings: string[]) {
  return jest.spyOn(pulumi.log, 'warn').mockImplementation(async (text) => {
    warnings.push(text);
  });
}
