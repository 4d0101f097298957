import { ApiObject, App } from 'cdk8s';
import { Construct } from 'constructs';
import type { Manifest } from './manifest';
import { Platform } from './platform';
import type { NamedVaultObject } from './vault-object';

/**
 * One construct that stands for many objects. In a {@link Platform} the objects stay plain data and are made when a sink
 * asks for them: a tenant of thirty objects then costs one construct instead of thirty, which halves the time of a large
 * synth. In any other cdk8s app they become ordinary `ApiObject`s when the app is validated, so `app.synth()` and
 * `Testing.synth()` write them as usual.
 */
export abstract class ManifestGroup extends Construct {
  private materialized = false;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    if (!Platform.isPlatform(App.of(this))) {
      this.node.addValidation({ validate: () => this.materialize() });
    }
  }

  /** The objects, in the order in which they must be applied; the same data at every call. */
  abstract manifests(): readonly Manifest[];

  /** What Vault must know of the group, in the order in which it must be applied; nothing unless a group says otherwise. */
  vaultObjects(): readonly NamedVaultObject[] {
    return [];
  }

  private materialize(): string[] {
    if (this.materialized) return [];
    this.materialized = true;
    for (const object of this.manifests()) {
      const { namespace, name } = object.metadata;
      new ApiObject(this, [object.kind, namespace, name].filter((part) => part !== undefined).join('-'), object);
    }
    return [];
  }
}
