import { isRecord, type JsonObject, listAt, stringAt } from '../../constructs/core/json';
import { LAYER_TYPE, PROJECT, urnOf } from '../identity';
import type { LayerContent, RegionContent, StackContent } from '../sinks/pulumi/content';
import { withReadiness } from '../sinks/pulumi/readiness';
import type { ObjectRegistration, Registration } from '../sinks/pulumi/registration';
import type { PendingOperation } from './pending';

/**
 * Creations that may have come through though the engine took them for failed: the server was lost after it had made the object
 * and before it had answered. The state then knows nothing of the object, neither as a resource nor as an operation. They are
 * worked out from what the stack registers: every object that the state lacks, below a layer and a provider that it has.
 */
export function unrecordedCreations(content: StackContent, deployment: JsonObject): readonly PendingOperation[] {
  const { stack } = content;
  const pending = listAt(deployment, 'pending_operations').map((one) => stringAt(one, 'resource', 'urn'));
  const ids = new Map(
    listAt(deployment, 'resources').map((one) => [stringAt(one, 'urn') ?? '', stringAt(one, 'id') ?? '']),
  );
  return content.regions.flatMap((region) =>
    region.layers.flatMap((layer) => {
      const [parent, provider] = [layerUrn(stack, layer), providerUrn(stack, region)];
      if (!ids.has(parent) || !ids.has(provider)) return [];
      const urns = new Map(layer.registrations.map((one) => [one.id, urnIn(stack, one)]));
      const missing = layer.registrations.filter(isObject).filter((one) => !ids.has(urnIn(stack, one)));
      return missing
        .filter((one) => !pending.includes(urnIn(stack, one)))
        .map((one) => creation(one, urns, { parent, provider: `${provider}::${ids.get(provider)}` }));
    }),
  );
}

/** The operation as the engine would have written it down: a removal goes by what comes first and by what goes with what. */
function creation(
  one: ObjectRegistration,
  urns: ReadonlyMap<string, string>,
  place: { readonly parent: string; readonly provider: string },
): PendingOperation {
  const urn = urns.get(one.id) ?? '';
  const { token: type, protect, retainOnDelete, dependsOn, inside } = one;
  const inputs: unknown = JSON.parse(JSON.stringify(withReadiness(one.inputs)));
  if (!isJson(inputs)) throw new Error('an object is a record');
  const dependencies = dependsOn.flatMap((id) => urns.get(id) ?? []);
  const deletedWith = inside === undefined ? undefined : urns.get(inside);
  const held = { ...(protect ? { protect } : {}), ...(retainOnDelete ? { retainOnDelete } : {}) };
  const ends = deletedWith === undefined ? {} : { deletedWith };
  return {
    type: 'creating',
    urn,
    resource: { urn, custom: true, type, inputs, ...place, dependencies, ...ends, ...held },
  };
}

function urnIn(stack: string, { token, name }: Registration): string {
  return urnOf({ stack, token, name });
}

function layerUrn(stack: string, { path }: LayerContent): string {
  return `urn:pulumi:${stack}::${PROJECT}::${LAYER_TYPE}::${path}`;
}

function providerUrn(stack: string, { region }: RegionContent): string {
  return `urn:pulumi:${stack}::${PROJECT}::pulumi:providers:kubernetes::${region}`;
}

function isObject(registration: Registration): registration is ObjectRegistration {
  return registration.type === 'object';
}

function isJson(value: unknown): value is JsonObject {
  return isRecord(value);
}
