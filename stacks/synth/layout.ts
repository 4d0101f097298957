import { LAYERS } from '../../charts/layers';

/** A platform layer with its place in the table: `01-foundation`. */
export function layerLabel(layer: string): string {
  const index = LAYERS.findIndex(({ name }) => name === layer);
  return `${String(index + 1).padStart(2, '0')}-${layer}`;
}

/** File of a platform layer in a region: `eu-central-1/01-foundation.yaml`. */
export function layerFile(region: string, layer: string): string {
  return `${region}/${layerLabel(layer)}.yaml`;
}

/** File of a tenant in a region: `eu-central-1/tenants/acme.yaml`. */
export function tenantFile(region: string, tenant: string): string {
  return `${region}/tenants/${tenant}.yaml`;
}

/** A file for the control-plane hosts of a region: `eu-central-1/hosts/authentication.yaml`. */
export function hostFilePath(region: string, path: string): string {
  return `${region}/hosts/${path.slice(path.lastIndexOf('/') + 1)}`;
}
